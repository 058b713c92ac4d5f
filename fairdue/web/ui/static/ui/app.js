// The desk's own behaviour. Nothing is stored in the browser; every effect has a server-rendered twin.
import { startKeys } from "./keys.js";
import { startForms } from "./forms.js";
import { startActions } from "./actions.js";
import { startGrid } from "./grid.js";
import { startMemory } from "./memory.js";
import { startLists } from "./lists.js";
import { startFinder } from "./finder.js";
import { startSheet } from "./sheet.js";
import { startComposer } from "./composer.js";

startKeys(document);
startForms(document);
startActions(document);
startGrid(document);
startMemory(document);
startLists(document);
startFinder(document);
startSheet(document);
startComposer(document);

const here = document.querySelector(".rail [aria-current]");
if (here) here.parentElement.scrollTop = here.offsetTop - here.parentElement.clientHeight / 2;
