"""The closed table of licenses and rights statements; any spelling -> what it is and what it permits.

`read` takes what a data set's makers wrote and answers a `Reading`. It never raises and never guesses: what is not in the
table, or only looks like it (another host, a version or port that never existed), is "License unknown" and permits nothing.

Which versions and ports exist: Creative Commons' own legal code files (creativecommons.org @2026-04-29, docroot/legalcode).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import urlsplit

from imagestolive.errors import N_, ImagesToLiveError

Permission = Literal["yes", "us-only", "education", "unclear", "no"]  # from lax to strict
STRICTNESS: tuple[Permission, ...] = get_args(Permission)

Attribution = Literal["yes", "courtesy"]  # courtesy: nobody asks for it, we give it anyway

Kind = Literal[
    "licensed",  # "… is licensed under …"
    "marked",  # "… is marked with …": given up, or labelled free
    "nkcr",  # Flickr's "no known copyright restrictions"
    "usgov",  # work of the United States government
    "rightsstatement",  # of rightsstatements.org
    "statement",  # a sentence of its own, found by the slug
    "database",  # covers a data set as a database, never its images
    "terms",  # a data set's terms in its makers' words
]


@dataclass(frozen=True, kw_only=True)
class License:
    """One license or statement. The slug is Creative Commons' ("by-nc") or ours; `id` is how a record names it."""

    id: str  # slug, version and port, such as "by-3.0-br"
    slug: str
    name: str  # "CC BY 3.0 BR"
    kind: Kind
    version: str | None = None
    jurisdiction: str | None = None
    url: str | None = None  # the only form we store and print
    permits_print: Permission
    permits_commercial_print: Permission
    permits_crop_adaptation: Permission
    sharealike: bool = False
    attribution: Attribution = "yes"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a license string means: the image's license, the data set's beside it, and the stricter of all of them."""

    license: License  # the image's own; NOT_RECORDED where only the data set has one
    dataset_license: License | None = None
    also: tuple[License, ...] = ()  # what conflicting records of this image name besides
    warnings: tuple[str, ...] = ()

    @property
    def governing(self) -> License:
        """The license whose name and address stand for the image: its own, or where it has none the data set's."""
        return self.dataset_license if self.license == NOT_RECORDED and self.dataset_license else self.license

    @property
    def name(self) -> str:
        """The canonical name, which says so when it is the data set's and not the image's."""
        if self.governing == self.license:
            return self.license.name
        forms = {"database": "{} (database only)", "terms": "Data set terms: {}"}
        return forms.get(self.governing.kind, "{} (data set)").format(self.governing.name)

    @property
    def permits_print(self) -> Permission:
        return _strictest(layer.permits_print for layer in self._layers())

    @property
    def permits_commercial_print(self) -> Permission:
        return _strictest(layer.permits_commercial_print for layer in self._layers())

    @property
    def permits_crop_adaptation(self) -> Permission:
        return _strictest(layer.permits_crop_adaptation for layer in self._layers())

    @property
    def sharealike(self) -> bool:
        return any(layer.sharealike for layer in self._layers())

    @property
    def attribution(self) -> Attribution:
        return "yes" if any(layer.attribution == "yes" for layer in self._layers()) else "courtesy"

    def _layers(self) -> Iterator[License]:
        yield self.license
        yield from self.also
        if self.dataset_license:
            yield self.dataset_license


class UnknownLicense(ImagesToLiveError):
    sentence = N_("{asked} is not the id of a license: ids look like by-2.0, by-3.0-br or cc0-1.0.")


class MisspelledLicense(UnknownLicense):
    sentence = N_("{asked} is not the id of a license: did you mean {closest}?")


def _strictest(permissions: Iterator[Permission]) -> Permission:
    return max(permissions, key=STRICTNESS.index)


# ---- the table ----------------------------------------------------------------------------------------------------

_CC = "https://creativecommons.org"
_SIX = ("by", "by-nc", "by-nc-nd", "by-nc-sa", "by-nd", "by-sa")
_SIX_OF_1_0 = ("by", "by-nc", "by-nc-sa", "by-nd", "by-nd-nc", "by-sa")  # 1.0 wrote nd before nc
_WITHOUT_BY = ("nc", "nc-sa", "nd", "nd-nc", "sa")
_PORTS = {
    "1.0": "fi il nl",
    "2.0": "at au be br ca cl de es fr hr it jp kr nl pl tw uk za",
    "2.1": "au ca es jp",
    "2.5": "ar au bg br ca ch cn co dk es hr hu il in it mk mt mx my nl pe pl pt scotland se si tw za",
    "3.0": "am at au az br ca ch cl cn cr cz de ec ee eg es fr ge gr gt hk hr ie igo it lu nl no nz ph pl pr pt ro rs sg th tw ug us "
    "ve vn za",
    "4.0": "",
}


def _cc(slug: str, version: str, port: str | None = None, *, warnings: tuple[str, ...] = ()) -> License:
    elements = slug.split("-")
    parts = [slug, version, port] if port else [slug, version]
    return License(
        id="-".join(parts),
        slug=slug,
        name=" ".join(["CC", *parts]).upper(),
        kind="licensed",
        version=version,
        jurisdiction=port,
        url="/".join([_CC, "licenses", *parts, ""]),
        permits_print="yes",
        permits_commercial_print="no" if "nc" in elements else "yes",
        permits_crop_adaptation="no" if "nd" in elements else "yes",
        sharealike="sa" in elements,
        attribution="courtesy" if slug in _WITHOUT_BY else "yes",
        warnings=warnings,
    )


def _creative_commons() -> Iterator[License]:
    for version, ports in _PORTS.items():
        unported = () if version == "2.1" else (None,)  # 2.1 exists as ports only
        for slug in _SIX_OF_1_0 if version == "1.0" else _SIX:
            for port in (*unported, *ports.split()):
                yield _cc(slug, version, port, warnings=("retired-form",) if slug == "by-nd-nc" else ())
    for slug in _WITHOUT_BY:
        for version, port in (("1.0", None), ("1.0", "fi"), ("1.0", "nl"), ("2.0", "jp")):
            yield _cc(slug, version, port, warnings=("retired",))
    for slug, ports in (("sampling", "br tw"), ("sampling+", "br de tw"), ("nc-sampling+", "tw")):
        whole_work: Permission = "no" if slug == "sampling" else "yes"
        for port in (None, *ports.split()):
            yield replace(
                _cc(slug, "1.0", port),
                permits_print=whole_work,
                permits_commercial_print="no",
                permits_crop_adaptation="no",  # only highly transformative sampling is allowed, which a crop is not
                warnings=("retired", "whole-work-forbidden" if whole_work == "no" else "whole-work-noncommercial"),
            )
    yield replace(
        _cc("devnations", "2.0"),
        permits_print="unclear",
        permits_commercial_print="unclear",
        permits_crop_adaptation="unclear",
        warnings=("retired", "developing-nations-only"),
    )
    for slug in _SIX:
        named = _cc(slug, "4.0")
        yield replace(named, id=slug, name=f"CC {slug.upper()} (version not stated)", version=None, url=None, warnings=("version-missing",))


_Permits = tuple[Permission, Permission, Permission]  # to print, to sell prints, to crop or change
_FREE: _Permits = ("yes", "yes", "yes")
_UNCLEAR: _Permits = ("unclear", "unclear", "unclear")
_US_ONLY: _Permits = ("us-only", "us-only", "us-only")
_NEVER: _Permits = ("no", "no", "no")


def _row(
    license_id: str,
    name: str,
    kind: Kind,
    permits: _Permits,
    url: str | None = None,
    *,
    slug: str | None = None,
    version: str | None = None,
    sharealike: bool = False,
    attribution: Attribution = "yes",
    warnings: tuple[str, ...] = (),
) -> License:
    to_print, to_sell, to_change = permits
    return License(
        id=license_id,
        slug=slug or license_id.removesuffix(f"-{version}"),
        name=name,
        kind=kind,
        version=version,
        url=url,
        permits_print=to_print,
        permits_commercial_print=to_sell,
        permits_crop_adaptation=to_change,
        sharealike=sharealike,
        attribution=attribution,
        warnings=warnings,
    )


def _rights_statements() -> Iterator[License]:
    rows: tuple[tuple[str, str, _Permits, Attribution], ...] = (
        ("InC", "In Copyright", _NEVER, "yes"),
        ("InC-OW-EU", "In Copyright - EU Orphan Work", _NEVER, "yes"),
        ("InC-EDU", "In Copyright - Educational Use Permitted", ("education", "no", "unclear"), "yes"),
        ("InC-NC", "In Copyright - Non-Commercial Use Permitted", ("yes", "no", "unclear"), "yes"),
        ("InC-RUU", "In Copyright - Rights-holder(s) Unlocatable or Unidentifiable", _NEVER, "yes"),
        ("NoC-CR", "No Copyright - Contractual Restrictions", _UNCLEAR, "yes"),
        ("NoC-NC", "No Copyright - Non-Commercial Use Only", ("yes", "no", "unclear"), "courtesy"),
        ("NoC-OKLR", "No Copyright - Other Known Legal Restrictions", _UNCLEAR, "yes"),
        ("NoC-US", "No Copyright - United States", _US_ONLY, "courtesy"),
        ("NKC", "No Known Copyright", ("yes", "unclear", "unclear"), "courtesy"),
        ("UND", "Copyright Undetermined", _UNCLEAR, "yes"),
        ("CNE", "Copyright Not Evaluated", _UNCLEAR, "yes"),
    )
    for code, name, permits, attribution in rows:
        yield _row(
            f"{code}-1.0",
            name,
            "rightsstatement",
            permits,
            f"http://rightsstatements.org/vocab/{code}/1.0/",  # their identifier is http; /page/ is the same for people
            version="1.0",
            attribution=attribution,
            warnings=("status-not-license",),
        )


def _gfdl() -> Iterator[License]:
    """Not fit for postcards: its whole text must travel with every copy."""
    warnings = ("full-license-text-must-travel",)
    for version, page in (("1.1", "old-licenses/fdl-1.1"), ("1.2", "old-licenses/fdl-1.2"), ("1.3", "fdl-1.3")):
        url = f"https://www.gnu.org/licenses/{page}.html"
        yield _row(f"gfdl-{version}", f"GFDL {version}", "licensed", _UNCLEAR, url, version=version, sharealike=True, warnings=warnings)
    yield _row("gfdl", "GFDL (version not stated)", "licensed", _UNCLEAR, sharealike=True, warnings=(*warnings, "version-missing"))


def _software() -> Iterator[License]:
    """Data sets are given away under these too; they ask that their text goes along, which the printed address stands for."""
    for license_id, name, url, version in (
        ("mit", "MIT", "https://opensource.org/license/mit", None),
        ("bsd-3-clause", "BSD 3-Clause", "https://opensource.org/license/bsd-3-clause", None),
        ("apache-2.0", "Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0", "2.0"),
    ):
        yield _row(license_id, name, "licensed", _FREE, url, version=version, warnings=("notice-must-travel",))


_OF_CC = tuple(_creative_commons())
_TABLE = (
    *_OF_CC,
    *_rights_statements(),
    *_gfdl(),
    *_software(),
    _row("cc0-1.0", "CC0 1.0", "marked", _FREE, f"{_CC}/publicdomain/zero/1.0/", version="1.0", attribution="courtesy"),
    _row(
        "pdm-1.0",
        "Public Domain Mark 1.0",
        "marked",
        _FREE,
        f"{_CC}/publicdomain/mark/1.0/",
        version="1.0",
        attribution="courtesy",
        warnings=("label-not-waiver",),
    ),
    _row(
        "cc-pddc",  # SPDX's name: the slug, as a spelling, is no more than a claim ("pd")
        "Copyright-Only Dedication (based on United States law) or Public Domain Certification",
        "marked",
        _FREE,
        f"{_CC}/licenses/publicdomain/",
        slug="publicdomain",
        attribution="courtesy",
        warnings=("retired", "not-cc0"),
    ),
    _row(
        "pd",
        "Public domain (claimed, tool not stated)",
        "statement",
        ("yes", "unclear", "unclear"),
        attribution="courtesy",
        warnings=("claim-only",),
    ),
    _row(
        "nkcr",
        "No known copyright restrictions",
        "nkcr",
        ("yes", "unclear", "unclear"),
        "https://www.flickr.com/commons/usage/",
        attribution="courtesy",
        warnings=("status-not-license",),
    ),
    _row(
        "usgov",
        "United States Government Work",
        "usgov",
        _US_ONLY,
        "https://www.usa.gov/government-copyright",
        attribution="courtesy",
        warnings=("us-only", "not-all-gov-pages", "no-endorsement"),
    ),
    _row(
        "odbl-1.0",
        "ODbL 1.0",
        "database",
        _FREE,
        "https://opendatacommons.org/licenses/odbl/1-0/",
        version="1.0",
        sharealike=True,
        warnings=("covers-database-not-images",),
    ),
    _row("arr", "All rights reserved", "statement", _NEVER, warnings=("needs-permission",)),
    _row(
        "cc-unspecified",
        "Creative Commons (license not stated)",
        "statement",
        ("unclear", "no", "no"),  # as the strictest of the six; printing is unclear because Sampling 1.0 would forbid it
        warnings=("license-unspecified",),
    ),
    _row("unknown", "License unknown", "statement", _NEVER, warnings=("license-unknown",)),
)

LICENSES: dict[str, License] = {row.id: row for row in _TABLE}
UNKNOWN = LICENSES["unknown"]

# What stands in for the image's own license where only the data set has one: that is not the picture's license.
NOT_RECORDED = _row("not-recorded", "Image license not recorded", "statement", _UNCLEAR)

# A data set's terms in prose. Terms that restrict the use bind what is printed; others leave that to the image's own license.
_RESTRICTING_TERMS = _row("custom-nc-research", "", "terms", ("education", "no", "unclear"), warnings=("terms-not-a-license",))
_OTHER_TERMS = _row("custom", "", "terms", ("yes", "unclear", "unclear"), warnings=("terms-not-a-license",))
_RESTRICTS = re.compile("noncommercial|naocomercial|notforcommercial|research|academic|educati|educaci|teaching|pesquisa|ensino")


# ---- spellings ----------------------------------------------------------------------------------------------------

_MOST_CHARACTERS = 1000  # longer is no license string; all the work below is linear in it

_NOTHING = frozenset({"", "?", "n/a", "na", "nan", "none", "null", "undefined", "unknown", "licenseunknown", "nenhuma", "desconhecida"})

_FLICKR = (  # by number; COCO uses the same 1 to 8
    *("arr", "by-nc-sa-2.0", "by-nc-2.0", "by-nc-nd-2.0", "by-2.0", "by-sa-2.0", "by-nd-2.0", "nkcr", "usgov", "cc0-1.0", "pdm-1.0"),
    *("by-4.0", "by-sa-4.0", "by-nd-4.0", "by-nc-4.0", "by-nc-sa-4.0", "by-nc-nd-4.0"),  # since 18 June 2025
)

# Names beside a row's own, as they were found in data sets and on the pages of those who made the license.
_OTHER_NAMES = {
    "apache-2.0": ("Apache License 2.0", "Apache License, Version 2.0"),
    "arr": ("Todos os direitos reservados", "Copyright", "©"),
    "bsd-3-clause": ("BSD-3-Clause License", "BSD 3-Clause License", "New BSD License"),
    "cc-unspecified": ("Creative Commons", "CC", "Creative Commons license", "Licença Creative Commons"),
    "cc0-1.0": (
        "CC0",
        "CC Zero",
        "Creative Commons Zero",
        "Public Domain Dedication (CC0)",
        "CC0 1.0 Universal",
        "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
        "Creative Commons CC0 1.0 Universal",
        "Creative Commons Zero v1.0 Universal",
    ),
    "gfdl": ("GFDL", "GNU Free Documentation License"),
    "mit": ("MIT License", "The MIT License"),
    "nkcr": ("No known copyright restriction", "Sem restrições de direitos autorais conhecidas"),
    "odbl-1.0": ("ODbL", "Open Database License", "Open Database License 1.0", "Open Data Commons Open Database License (ODbL) v1.0"),
    "pd": ("Public domain", "PD", "Domínio público"),
    "pdm-1.0": ("PDM", "CC PDM", "CC PDM 1.0", "Public Domain Mark", "Marca de Domínio Público", "Marca de Domínio Público 1.0"),
    "usgov": ("United States Government Works", "US Government Work", "U.S. Government Works", "Obra do governo dos Estados Unidos"),
}

# Addresses beside a row's own; host without www, path without the last slash, lower case.
_OTHER_ADDRESSES = {
    "apache.org/licenses/license-2.0.html": "apache-2.0",
    "apache.org/licenses/license-2.0.txt": "apache-2.0",
    "creativecommons.org/publicdomain/mark": "pdm-1.0",
    "creativecommons.org/publicdomain/zero": "cc0-1.0",
    "gnu.org/copyleft/fdl.html": "gfdl",
    "gnu.org/licenses/fdl.html": "gfdl",
    "gnu.org/licenses/fdl-1.2.html": "gfdl-1.2",
    "opendatacommons.org/licenses/odbl": "odbl-1.0",
    "opendatacommons.org/licenses/odbl/1.0": "odbl-1.0",
    "opensource.org/licenses/bsd-3-clause": "bsd-3-clause",
    "opensource.org/licenses/mit": "mit",
    "usa.gov/copyright.shtml": "usgov",
    "usa.gov/government-works": "usgov",
    **{f"creativecommons.org/licenses/{slug}": slug for slug in _SIX},
}

# What the ports are called in CC's long names: "Attribution 3.0 Brazil".
_PLACES = {
    "am": "Armenia", "ar": "Argentina", "at": "Austria", "au": "Australia", "az": "Azerbaijan", "be": "Belgium", "bg": "Bulgaria",
    "br": "Brazil", "ca": "Canada", "ch": "Switzerland", "cl": "Chile", "cn": "China Mainland", "co": "Colombia", "cr": "Costa Rica",
    "cz": "Czech Republic", "de": "Germany", "dk": "Denmark", "ec": "Ecuador", "ee": "Estonia", "eg": "Egypt", "es": "Spain",
    "fi": "Finland", "fr": "France", "ge": "Georgia", "gr": "Greece", "gt": "Guatemala", "hk": "Hong Kong", "hr": "Croatia",
    "hu": "Hungary", "ie": "Ireland", "igo": "IGO", "il": "Israel", "in": "India", "it": "Italy", "jp": "Japan", "kr": "South Korea",
    "lu": "Luxembourg", "mk": "Macedonia", "mt": "Malta", "mx": "Mexico", "my": "Malaysia", "nl": "Netherlands", "no": "Norway",
    "nz": "New Zealand", "pe": "Peru", "ph": "Philippines", "pl": "Poland", "pr": "Puerto Rico", "pt": "Portugal", "ro": "Romania",
    "rs": "Serbia", "scotland": "UK: Scotland", "se": "Sweden", "sg": "Singapore", "si": "Slovenia", "th": "Thailand", "tw": "Taiwan",
    "ug": "Uganda", "uk": "UK: England & Wales", "us": "United States", "ve": "Venezuela", "vn": "Vietnam", "za": "South Africa",
}  # fmt: skip

_ELEMENTS = {
    "by": r"by|attribution|atribuicao",
    "nc": r"nc|noncommercial|(?:uso)?naocomercial",
    "nd": r"nd|noderiv(?:ative)?s|noderivativeworks|semderiva(?:dos|coes)|vedadaacriacaodeobrasderiva(?:d|tiv)as",
    "sa": r"sa|sharealike|compartilhaigual|compartilhamentopelamesmalicenca",
}
_ELEMENT = re.compile("|".join(f"(?P<{element}>{spellings})" for element, spellings in _ELEMENTS.items()))
_CC_NAME = re.compile(
    r"(?:licenca|license)?(?:creativecommons|cc)?"
    rf"(?P<elements>(?:{'|'.join(_ELEMENTS.values())}){{1,4}})"
    r"(?:license|licenca)?(?:v|version|versao)?(?P<version>[0-9]\.[0-9])?"
    r"(?P<place>.*?)(?:(?:public|deed)?license|licenca(?:publica)?|deed)?"
)
_CC0_NAME = re.compile(r"(?:cc0|cczero|creativecommonszero)v?[0-9]\.[0-9](?:universal)?")
_UNSEEN = ("Mn", "Cc", "Cf", "Cs")  # accents; control, format and broken signs
_FOLDED_AWAY = re.compile(r"[\s_,()\u2010-\u2015-]|(?<![0-9])\.|\.(?![0-9])")
_ADDRESS_TAIL = re.compile(r"/(?:deed|legalcode)(?:[.a-z_-]*)$")


def _fold(text: str) -> str:
    """A name without case, accents, spaces, hyphens, brackets; dots stay between digits only.

    >>> _fold("Creative Commons Atribuição-NãoComercial 4.0")
    'creativecommonsatribuicaonaocomercial4.0'
    """
    plain = text.lower()
    if not (text.isascii() and text.isprintable()):
        signs = unicodedata.normalize("NFKD", text).lower()
        plain = "".join(sign for sign in signs if unicodedata.category(sign) not in _UNSEEN)
    return _FOLDED_AWAY.sub("", plain).replace("samplingplus", "sampling+")


def _address(text: str) -> str | None:
    """Host and path of a web address, in the form that two ways of writing it share; None for anything else.

    >>> _address("http://www.creativecommons.org/licenses/by/3.0/br/deed.pt_BR?x=1")
    'creativecommons.org/licenses/by/3.0/br'
    """
    if "/" not in text or not text.isascii():
        return None
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https") or not parts.netloc:
        return None
    host = parts.netloc.lower().removeprefix("www.")  # with user and port, so that these make it another address
    path = _ADDRESS_TAIL.sub("", parts.path.lower().rstrip("/"))
    if host == "rightsstatements.org":
        path = path.replace("/page/", "/vocab/", 1)
    return host + path.replace("%2b", "+").replace("samplingplus", "sampling+")


_BY_NAME = {
    **{_fold(text): row for row in _TABLE for text in (row.id, row.name)},
    **{_fold(row.slug): row for row in _TABLE if row.kind == "rightsstatement"},
    **{_fold(f"{row.id}-{which}"): row for row in _gfdl() for which in ("only", "or-later")},
    **{_fold(row.name.replace("GFDL", "GNU Free Documentation License")): row for row in _gfdl()},
    **{_fold(name): LICENSES[license_id] for license_id, names in _OTHER_NAMES.items() for name in names},
    **{f"flickr:{number}": LICENSES[license_id] for number, license_id in enumerate(_FLICKR)},
}
_BY_ADDRESS: dict[str | None, License] = {
    **{_address(row.url): row for row in _TABLE if row.url},
    **{address: LICENSES[license_id] for address, license_id in _OTHER_ADDRESSES.items()},
}
_BY_ELEMENTS = {(frozenset(row.slug.split("-")), row.version, row.jurisdiction): row for row in _OF_CC}
_PORT_NAMES: dict[str, str | None] = {
    **{_fold(name): code for code, place in _PLACES.items() for name in (code, place)},
    "brasil": "br",
    **dict.fromkeys(("", "generic", "unported", "international", "generica", "naoadaptada", "internacional")),
}

_Found = tuple[License, tuple[str, ...]]  # a license, and what there is to say about the way it was written
_NOT_FOUND: _Found = (UNKNOWN, ())


# ---- reading ------------------------------------------------------------------------------------------------------


def read(raw: str | None, *, dataset: str | None = None) -> Reading:
    """What `raw`, as the makers recorded it, says about an image; `dataset` is the data set's own license or terms.

    Any spelling: an address, a short or long name (en, pt-BR), one of our ids, "flickr:4", COCO's "name|address",
    "A or B" (the reuser's choice: the laxest), "A; B" (records in conflict: the strictest). Our own notation for both
    layers in one string is "image:…; dataset:…". Never raises.

    >>> read("cc-by-nc 2.0").license.id
    'by-nc-2.0'
    >>> read("image:CC BY 2.0; dataset:CC BY-NC-SA 4.0").permits_commercial_print
    'no'
    """
    return _read((raw or "")[: _MOST_CHARACTERS + 1], (dataset or "")[: _MOST_CHARACTERS + 1])  # too long stays too long


def license_id(raw: str | None) -> str | None:
    """The id for a record: None when nothing is recorded, nothing is understood, or only the data set has a license.

    >>> license_id("http://creativecommons.org/licenses/by/2.0"), license_id("n/a")
    ('by-2.0', None)
    """
    own = read(raw).license
    return None if own in (UNKNOWN, NOT_RECORDED) else own.id


def by_id(license_id: str) -> License:
    """Raises UnknownLicense, with a suggestion where one is near."""
    if license_id in LICENSES:
        return LICENSES[license_id]
    if near := closest(license_id):
        raise MisspelledLicense(asked=license_id, closest=near)
    raise UnknownLicense(asked=license_id)


def closest(text: str) -> str | None:
    """The id that was probably meant: what the text reads as, else the one whose id or name is written most like it.

    >>> closest("CC BY 2.0"), closest("by-2.00"), closest("CC BI 4.0"), closest("whatever")
    ('by-2.0', 'by-2.0', 'by-4.0', None)
    """
    found = read(text).governing
    if found != UNKNOWN and found.id in LICENSES:
        return found.id
    spellings = {spelling.lower(): row.id for row in LICENSES.values() for spelling in (row.id, row.name)}
    near = difflib.get_close_matches(text[:40].lower(), spellings, n=1, cutoff=0.75)
    return spellings[near[0]] if near else None


@lru_cache(maxsize=4096)
def _read(raw: str, dataset: str) -> Reading:
    text, terms = _layers(raw)
    dataset_license = _dataset_license(terms or dataset)
    own, also, warnings = _image_license(text)
    if _is_nothing(text) and dataset_license:
        own = NOT_RECORDED
    if own.kind == "database":
        own, dataset_license = NOT_RECORDED, dataset_license or own
    alone = Reading(license=own, also=also)
    both = replace(alone, dataset_license=dataset_license)
    codes = [*own.warnings, *warnings]
    if dataset_license:
        codes += dataset_license.warnings
        if own != NOT_RECORDED:
            codes += ["dataset-terms-narrower"] if _strictness(both) > _strictness(alone) else []
        elif dataset_license.kind != "database":
            codes.append("image-license-missing")
    return replace(both, warnings=tuple(dict.fromkeys(codes)))


def _strictness(it: License | Reading) -> tuple[int, ...]:
    """Larger is stricter: by printing, then by selling, then by changing, then by sharing alike."""
    permits = (it.permits_print, it.permits_commercial_print, it.permits_crop_adaptation)
    return (*map(STRICTNESS.index, permits), int(it.sharealike))


def _layers(raw: str) -> tuple[str, str | None]:
    """The image's and the data set's part of our own notation; any other string is the image's."""
    text = raw.strip()
    image, mark, terms = text.partition("dataset:")
    if mark and not image:
        return "", terms
    if image.startswith("image:"):
        return image.removeprefix("image:").rstrip("; "), terms
    return text, None


def _is_nothing(text: str) -> bool:
    return len(text) <= _MOST_CHARACTERS and _fold(text) in _NOTHING


def _image_license(text: str) -> tuple[License, tuple[License, ...], tuple[str, ...]]:
    """The license, what else conflicting records name, and what there is to say about the way they are written."""
    parts = text.split(";") if len(text) <= _MOST_CHARACTERS else []
    found = [_statement(part) for part in parts if not _is_nothing(part)]
    own, warnings = max(found, key=lambda one: _strictness(one[0]), default=_NOT_FOUND)
    also = tuple(dict.fromkeys(other for other, _ in found if other != own))
    return own, also, (*warnings, "conflict-strictest-used") if also else warnings


def _dataset_license(text: str) -> License | None:
    if _is_nothing(text):
        return None
    if len(text) > _MOST_CHARACTERS:
        return replace(_RESTRICTING_TERMS, name=f"{_one_line(text[:_MOST_CHARACTERS])}…")
    row = _statement(text)[0]
    if row != UNKNOWN:
        return row
    terms = _RESTRICTING_TERMS if _RESTRICTS.search(_fold(text)) else _OTHER_TERMS
    return replace(terms, name=_one_line(text).rstrip("."))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _statement(text: str) -> _Found:
    """One record of one license, which may offer a choice."""
    text = _one_line(text)
    found = _one(text)
    if found != _NOT_FOUND:
        return found
    name, bar, address = text.rpartition("|")
    if bar:  # COCO's entry, "Attribution License|http://creativecommons.org/licenses/by/2.0/": the address decides
        if _is_nothing(address):
            return _one(name)
        row = _BY_ADDRESS.get(_address(address.strip()))
        return (row, ()) if row else _NOT_FOUND
    choices = [_one(part) for part in re.split(" (?:or|ou) ", text, flags=re.IGNORECASE)]
    if len(choices) == 1 or _NOT_FOUND in choices:
        return _NOT_FOUND
    laxest, warnings = min(choices, key=lambda one: _strictness(one[0]))
    return laxest, (*warnings, "one-of-several")


def _one(text: str) -> _Found:
    """An address, a name, or a name with its short form behind it: "Attribution 4.0 International (CC BY 4.0)"."""
    text = text.strip()
    if row := _BY_ADDRESS.get(_address(text)):
        return row, ()
    found = _named(text)
    if found == _NOT_FOUND and text.endswith(")"):
        long, _, short = text[:-1].rpartition("(")
        found = _named(long)
        return found if _named(short) == found else _NOT_FOUND
    return found


def _named(text: str) -> _Found:
    name = _fold(text)
    if row := _BY_NAME.get(name):
        return row, ()
    if _CC0_NAME.fullmatch(name):
        return LICENSES["cc0-1.0"], ("no-such-version",)  # its only version, 1.0, stands in _BY_NAME
    match = _CC_NAME.fullmatch(name)
    if match is None or match["place"] not in _PORT_NAMES:
        return _NOT_FOUND
    elements = [str(element.lastgroup) for element in _ELEMENT.finditer(match["elements"])]
    row = _BY_ELEMENTS.get((frozenset(elements), match["version"], _PORT_NAMES[match["place"]]))
    if row is None or len(elements) != len(set(elements)):
        return _NOT_FOUND
    return row, () if "-".join(elements) == row.slug else ("element-order-corrected",)
