"""The map of stages as an SVG picture: the course of time downwards, payments back, exits to the side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.checks.findings import PathStep
from fairdue.engine.strategy.lifecycle.map import PAYMENTS, TIME, Arrow, StageMap, stage_map
from fairdue.engine.strategy.model import Stage, Strategy

WIDE, HIGH, GAP = 250, 46, 38
LEFT, TOP, SIDE = 150, 84, 620

STYLE = """
.stage-map{font-family:system-ui,"Noto Sans SC",sans-serif;font-size:14px}
.stage-map .node{fill:#fff;stroke:#475467;stroke-width:1.25}
.stage-map .final{stroke-width:3}
.stage-map .name{fill:#101828}.stage-map .small{fill:#475467;font-size:12px}
.stage-map .arrow{fill:none;stroke:#475467;stroke-width:1.5}.stage-map .head{fill:#475467}
.stage-map .back{stroke-dasharray:5 4}.stage-map .exit{stroke-dasharray:2 3}
.stage-map .on-path{stroke:#b42318;stroke-width:3}.stage-map .frame{fill:none;stroke:#d0d5dd}
@media (prefers-color-scheme:dark){
.stage-map .node{fill:#1d2939;stroke:#98a2b3}.stage-map .name{fill:#f2f4f7}.stage-map .small{fill:#cfd4dc}
.stage-map .arrow{stroke:#98a2b3}.stage-map .head{fill:#98a2b3}.stage-map .on-path{stroke:#f97066}
.stage-map .frame{stroke:#475467}}
"""
"""Classes of the picture in both schemes; a page that has its own style sheet leaves it out."""

_WORDS = {
    "title": ("{name}：阶段图", "{name}: map of stages"),
    "start": ("新账户", "new account"),
    "back": ("还款后退回", "a payment leads back"),
    "every": ("自左列每个阶段", "from every stage on the left"),
    "some": ("自 {names}", "from {names}"),
    "lifted": ("返回", "back"),
    "then": ("{start} 之后：{ends}。", "After {start}: {ends}."),
    "final": ("终点", "final"),
    "by": ("{end}({events})", "{end} ({events})"),
}


@dataclass(frozen=True, slots=True)
class _Place:
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + HIGH // 2


def draw(
    strategy: Strategy,
    *,
    language: str,
    counts: Mapping[tuple[str, str], int] | None = None,
    path: Sequence[PathStep] | None = None,
    is_standalone: bool = True,
) -> str:
    """Return the map of stages as SVG text.

    1. The course of time runs downwards; on the left a line leads back after payments; on the right stand stages that only an
       event leads to, with the event's words.
    2. `counts` by (stage, stage), with the same stage twice for who stays, stand beside the arrows and in the boxes.
    3. `path` is drawn over it. Title and description say the map in words. With `is_standalone` it brings its own style.

    :raises TooMuch: if the stages cannot be walked
    """
    return _Picture(
        strategy, stage_map(strategy), "zh" if language.startswith("zh") else "en", counts or {}, path or ()
    ).text(is_standalone)


class _Picture:
    """One picture while it is drawn."""

    def __init__(
        self,
        strategy: Strategy,
        found: StageMap,
        language: str,
        counts: Mapping[tuple[str, str], int],
        path: Sequence[PathStep],
    ) -> None:
        self.strategy, self.map, self.counts = strategy, found, counts
        self.is_zh = language == "zh"
        self.stages = {stage.stage_id: stage for stage in strategy.stages}
        self.events = load_catalogue().events
        steps = [step.stage for step in path if step.stage]
        self.trodden = [(a, b) for a, b in pairwise(steps) if a != b]
        self.side = [name for name in found.stages if name not in found.main]
        self.places = self._places()

    def _places(self) -> dict[str, _Place]:
        places = {name: _Place(LEFT, TOP + n * (HIGH + GAP)) for n, name in enumerate(self.map.main)}
        step = max(HIGH + 74, (len(self.map.main) * (HIGH + GAP)) // max(len(self.side), 1))
        return places | {name: _Place(SIDE, TOP + n * step) for n, name in enumerate(self.side)}

    def words(self, key: str, **values: str) -> str:
        return _WORDS[key][0 if self.is_zh else 1].format(**values)

    def name(self, stage: str) -> str:
        each: Stage = self.stages[stage]
        return (each.title_zh if self.is_zh else each.title_en) or stage

    def event(self, code: str) -> str:
        return self.events[code].zh if self.is_zh else self.events[code].en

    # -------------------------------------------------------------------------------------------- the whole

    def text(self, is_standalone: bool) -> str:
        height = max(place.y for place in self.places.values()) + HIGH + 60
        width = (SIDE + WIDE + 40) if self.side else LEFT + WIDE + 150
        title = self.words("title", name=self.strategy.title_zh if self.is_zh else self.strategy.title_en)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="stage-map" role="img" lang="{"zh-Hans" if self.is_zh else "en"}" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-labelledby="stage-map-title stage-map-desc">',
            f'<title id="stage-map-title">{escape(title)}</title>',
            f'<desc id="stage-map-desc">{escape(self._told())}</desc>',
            f"<style>{STYLE}</style>" if is_standalone else "",
            '<defs><marker id="stage-map-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
            'orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
            *self._start(),
            *self._time(),
            *self._back(),
            *self._exits(),
            *self._path(),
            *(self._node(name) for name in self.places),
            "</svg>",
        ]
        return "\n".join(part for part in parts if part) + "\n"

    def _told(self) -> str:
        told = []
        for name in self.map.stages:
            ends = [
                self.words("by", end=self.name(a.end), events=", ".join(self.event(e) for e in a.events))
                for a in self.map.arrows
                if a.start == name
            ]
            if ends:
                told.append(self.words("then", start=self.name(name), ends="; ".join(ends)))
        return " ".join(told)

    def _node(self, name: str) -> str:
        place, is_final = self.places[name], self.stages[name].is_final
        lines = _wrapped(self.name(name), 30)
        first = place.middle + 5 - 8 * (len(lines) - 1)
        texts = "".join(
            f'<text class="name" text-anchor="middle" x="{place.x + WIDE // 2}" y="{first + 16 * n}">{escape(line)}</text>'
            for n, line in enumerate(lines)
        )
        stay = self.counts.get((name, name))
        more = (
            f'<text class="small" text-anchor="end" x="{place.x + WIDE - 8}" y="{place.y + HIGH - 6}">{stay:,}</text>'
            if stay
            else ""
        )
        trodden = " on-path" if any(name in pair for pair in self.trodden) else ""
        return (
            f'<g data-stage={quoteattr(name)}><rect class="node{" final" if is_final else ""}{trodden}" x="{place.x}" y="{place.y}" '
            f'width="{WIDE}" height="{HIGH}" rx="{HIGH // 2 if is_final else 8}"/>{texts}{more}</g>'
        )

    # --------------------------------------------------------------------------------------------- arrows

    def _start(self) -> Iterator[str]:
        place = self.places.get(self.map.start)
        if place:
            x = place.x + WIDE // 2
            yield _line(f"M{x} {place.y - 34}V{place.y - 2}", "arrow")
            yield _label(x + 10, place.y - 22, self.words("start"))

    def _time(self) -> Iterator[str]:
        lane = 0
        for arrow in self.map.arrows:
            if not arrow.is_time or arrow.start not in self.map.main or arrow.end not in self.map.main:
                continue
            a, b = self.map.main.index(arrow.start), self.map.main.index(arrow.end)
            start, end = self.places[arrow.start], self.places[arrow.end]
            if b == a + 1:
                x = start.x + WIDE // 2
                yield _line(f"M{x} {start.y + HIGH}V{end.y - 2}", "arrow", arrow)
                yield self._count(arrow, x + 10, start.y + HIGH + 22)
            else:
                lane += 1
                right = start.x + WIDE
                bend = right + 22 + 14 * (lane % 6)
                y0, y1 = start.middle + 14, end.middle - 8
                yield _line(
                    f"M{right} {y0}H{bend}V{y1}H{right + 2}", "arrow" if b > a else "arrow back", arrow
                )
                yield self._count(arrow, bend + 4, (y0 + y1) // 2)

    def _back(self) -> Iterator[str]:
        """One line on the left for all payments: out of each late stage, into each that it may lead back to."""
        main = self.map.main
        found = [
            arrow
            for arrow in self.map.arrows
            if arrow.start in main
            and arrow.end in main
            and set(arrow.events) & set(PAYMENTS)
            and main.index(arrow.end) < main.index(arrow.start)
        ]
        if not found:
            return
        ends = sorted({self.places[arrow.end].middle for arrow in found})
        starts = sorted({self.places[arrow.start].middle for arrow in found})
        x = LEFT - 44
        yield _line(f"M{x} {max(starts) + 9}V{min(ends) - 9}", "arrow back", is_headless=True)
        yield from (_line(f"M{LEFT} {y + 9}H{x}", "arrow back", is_headless=True) for y in starts)
        yield from (_line(f"M{x} {y - 9}H{LEFT - 2}", "arrow back") for y in ends)
        middle = (max(starts) + min(ends)) // 2
        yield (
            f'<text class="small" text-anchor="middle" transform="translate({x - 12} {middle}) rotate(-90)">'
            f"{escape(self.words('back'))}{escape(self._sum(found))}</text>"
        )

    def _exits(self) -> Iterator[str]:
        """One arrow to each stage at the side, with the events that lead there and the stages that they leave."""
        frame = LEFT + WIDE + 120
        if self.side:
            last = self.places[self.map.main[-1]].y + HIGH
            yield f'<path class="frame" d="M{frame} {TOP}V{last}"/>'
        for name in self.side:
            into = [arrow for arrow in self.map.arrows if arrow.end == name and arrow.start != name]
            out = [arrow for arrow in self.map.arrows if arrow.start == name and arrow.end in self.map.main]
            place = self.places[name]
            yield _line(f"M{frame} {place.middle}H{place.x - 2}", "arrow exit", both=bool(out))
            events = list(
                dict.fromkeys(event for arrow in into for event in arrow.events if event != "hold_lifted")
            )
            events = [event for event in events if event not in TIME] or events
            told = [*(self.event(event) for event in events), self._from(into)]
            if out:
                back = dict.fromkeys(self.event(event) for arrow in out for event in arrow.events)
                told.append(f"← {self.words('lifted')}: {' / '.join(list(back)[:3])}")
            lines = [part for text in _few(told) for part in _wrapped(text, 40)]
            yield _label(frame + 12, place.middle - 8, self._sum(into).strip())
            for number, text in enumerate(lines[:6]):
                yield _label(place.x, place.y + HIGH + 15 + 14 * number, text)

    def _from(self, arrows: Sequence[Arrow]) -> str:
        starts = [name for name in self.map.main if any(arrow.start == name for arrow in arrows)]
        late = [name for name in self.map.main if name != self.map.start]
        if len(starts) >= len(late):
            return self.words("every")
        return self.words("some", names=", ".join(starts))

    def _path(self) -> Iterator[str]:
        for start, end in self.trodden:
            if start in self.places and end in self.places:
                a, b = self.places[start], self.places[end]
                x0, x1 = a.x + WIDE - 24, b.x + WIDE - 24
                yield _line(
                    f"M{x0} {a.middle}C{x0 + 90} {a.middle} {x1 + 90} {b.middle} {x1 + 26} {b.middle}",
                    "arrow on-path",
                )

    def _count(self, arrow: Arrow, x: int, y: int) -> str:
        count = self.counts.get((arrow.start, arrow.end))
        return _label(x, y, f"{count:,}") if count else ""

    def _sum(self, arrows: Sequence[Arrow]) -> str:
        total = sum(self.counts.get((arrow.start, arrow.end), 0) for arrow in arrows)
        return f" {total:,}" if total else ""


def _line(
    path: str, classes: str, arrow: Arrow | None = None, *, is_headless: bool = False, both: bool = False
) -> str:
    head = "" if is_headless else ' marker-end="url(#stage-map-head)"'
    tail = ' marker-start="url(#stage-map-head)"' if both else ""
    data = f' data-from="{arrow.start}" data-to="{arrow.end}"' if arrow else ""
    return f'<path class="{classes}" d="{path}"{head}{tail}{data}/>'


def _label(x: int, y: int, text: str) -> str:
    return f'<text class="small" x="{x}" y="{y}">{escape(text)}</text>' if text.strip() else ""


def _few(texts: Sequence[str]) -> list[str]:
    """The events in one text, then where they come from and go back to."""
    said = [text for text in texts if text]
    tail = [text for text in said if text.startswith("←")]
    head = said[: len(said) - len(tail)]
    return [" / ".join(head[:-1]), head[-1], *tail] if len(head) > 1 else said


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of about a width, where a Chinese character counts twice."""
    lines, line, used = [], "", 0
    for word in _words(text):
        size = sum(2 if ord(char) > 0x2E7F else 1 for char in word)
        if line and used + size > width:
            lines.append(line.strip())
            line, used = "", 0
        line, used = line + word, used + size
    return [*lines, line.strip()]


def _words(text: str) -> Iterator[str]:
    word = ""
    for char in text:
        word += char
        if char == " " or ord(char) > 0x2E7F:
            yield word
            word = ""
    if word:
        yield word
