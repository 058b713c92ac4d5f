"""XML from anybody: parsed without entities, network or documents of unlimited size."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from fairdue.engine.dmn.errors import DmnError

MAX_BYTES = 20_000_000
"""Size that a file may have."""
NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
"""The namespaces of DMN by version."""


def parse(content: bytes) -> etree._Element:
    """Return the root element of a document.

    :raises DmnError: if it is not XML, too large, or declares a document type
    """
    if len(content) > MAX_BYTES:
        raise DmnError(f"the file has {len(content)} bytes, {MAX_BYTES} at most are read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DmnError(f"the file is not XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None or b"<!DOCTYPE" in content[:10_000]:
        raise DmnError("the file declares a document type, which a DMN file has no need of")
    return root


def kind(element: etree._Element) -> str:
    """Return the name of an element without its namespace; of a remark, nothing."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """Return the namespace of an element."""
    return str(etree.QName(element).namespace or "")


def children(element: etree._Element, *kinds: str) -> Iterator[etree._Element]:
    """Yield the children of some kinds."""
    return (child for child in element if kind(child) in kinds)


def child(element: etree._Element, *kinds: str) -> etree._Element | None:
    """Return the first child of some kinds."""
    return next(children(element, *kinds), None)


def text_of(element: etree._Element | None, inner: str = "text") -> str:
    """Return the text in an element's `text` child, or nothing."""
    found = None if element is None else child(element, inner)
    return "" if found is None else "".join(str(part) for part in found.itertext())


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute, or nothing."""
    return str(element.get(name) or "")
