"""What a document can be had as. Each format is written by one module, which is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.teaching.blocks import Document

PAPERS = ("a4", "letter")


class NoSuchFormat(ImagesToLiveError):
    sentence = N_("“{document}” cannot be had as “{typed}”, but as: {known}.")
    field = "format"


class NoSuchPaper(ImagesToLiveError):
    sentence = N_("Documents are made for the papers {known}, not for “{typed}”.")
    field = "paper"


class FormatNotHere(ImagesToLiveError):
    """Its library comes with an extra."""

    sentence = N_("To make {form} files the package {package} is needed, and it is not installed.")
    hint = N_("pip install 'imagestolive[plan]'")
    status = 503


@dataclass(frozen=True, kw_only=True)
class Format:
    """`write` of `module` makes the file: write(document, form, paper) -> bytes, the same ones whenever and wherever it is asked."""

    name: str  # as people call it
    ending: str
    media_type: str
    module: str
    package: str | None = None  # that has to be installed, by the name that is imported


_OPEN = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    "docx": Format(name="DOCX", ending="docx", media_type=f"{_OPEN}.wordprocessingml.document", module="office", package="pypandoc"),
    "odt": Format(name="ODT", ending="odt", media_type="application/vnd.oasis.opendocument.text", module="office", package="pypandoc"),
    "pptx": Format(name="PPTX", ending="pptx", media_type=f"{_OPEN}.presentationml.presentation", module="office", package="pypandoc"),
    "pdf": Format(name="PDF", ending="pdf", media_type="application/pdf", module="paper", package="typst"),
    "html": Format(name="HTML", ending="html", media_type="text/html", module="page"),
    "lms": Format(name="LMS", ending="lms.html", media_type="text/html", module="lms"),
    "md": Format(name="Markdown", ending="md", media_type="text/markdown", module="markdown"),
    "imscc": Format(name="Common Cartridge", ending="imscc", media_type="application/zip", module="cartridge"),
}
_OF_SLIDES = ("pptx", "pdf", "html", "md")


def forms_of(key: str) -> tuple[str, ...]:
    """The formats that a document can be had in, installed or not, the ones that most people want first."""
    return _OF_SLIDES if key == "slides" else tuple(form for form in FORMATS if form != "pptx")


def is_here(form: str) -> bool:
    package = FORMATS[form].package
    return package is None or find_spec(package) is not None


def write(document: Document, form: str, *, paper: str = "a4") -> bytes:
    """The document as a file. `paper`: one of PAPERS, for what has pages. Raises NoSuchFormat, NoSuchPaper, FormatNotHere."""
    if form not in forms_of(document.key):
        raise NoSuchFormat(document=document.key, typed=form, known=", ".join(forms_of(document.key)))
    found = FORMATS[form]
    if not is_here(form):
        raise FormatNotHere(form=found.name, package=found.package)
    maker: Callable[[Document, str, str], bytes] = import_module(f"imagestolive.teaching.{found.module}").write
    return maker(document, form, known_paper(paper))


def known_paper(paper: str) -> str:
    """Raises NoSuchPaper."""
    if paper not in PAPERS:
        raise NoSuchPaper(typed=paper, known=", ".join(PAPERS))
    return paper


def file_name(key: str, lang: str, form: str, *, code: str | None) -> str:
    """images-to-live-with_K7Q2-9FXD_plan_pt-BR.docx. ASCII. `code`: as it is written."""
    return "_".join(filter(None, ("images-to-live-with", code, key, f"{lang}.{FORMATS[form].ending}")))
