"""Work that crosses contexts: one function each, one transaction each, called by web, api, jobs and cli."""
