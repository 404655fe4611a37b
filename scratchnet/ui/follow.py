"""Follow me: a QR code of the run on the screen, for everyone in the room."""

from urllib.parse import urljoin, urlsplit

import segno
import streamlit as st

from scratchnet.run.settings import Settings
from scratchnet.ui import link, session, texts
from scratchnet.validation import NotAllowed

MOST = 1500  # characters of an address: beyond, the squares are too small for a phone at the back
HERE = ("localhost", "127.0.0.1", "::1")  # what only this machine can open


def address_of(page: str, settings: Settings, epoch: int, fingerprint: str) -> str:
    """Return the whole address of a run for whoever is in the room, of a page at this address.

    Raises NotAllowed if it is too long for a code that can be read.
    """
    found = link.to_share(settings, epoch, fingerprint)
    root = urlsplit(page)._replace(query="", fragment="").geturl()
    address = urljoin(root, found) if found else ""
    if not 0 < len(address) <= MOST:
        length = f"{len(address):,}" if address else "more"
        raise NotAllowed(
            f"The address must have at most {MOST:,} characters for a QR code, got {length}."
        )
    return address


def is_only_here(address: str) -> bool:
    """Return whether an address opens on this machine alone."""
    return urlsplit(address).hostname in HERE


def code_of(address: str) -> str:
    """Return a QR code as the address of a picture, SVG, that lets 15 % of it be hidden."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=4, light="white")


@st.dialog(
    "Follow me", width="large", icon=":material/qr_code_2:", on_dismiss=lambda: session.ask_for(None)
)
def dialog() -> None:
    """Show the address of the run at the epoch on the screen as a QR code, and its fingerprint."""
    now = session.trainer().snapshot()
    try:
        address = address_of(st.context.url or "", session.settings(), now.epoch, now.fingerprint)
    except NotAllowed as error:
        st.warning(texts.plain(str(error)), icon=":material/info:")
        return
    picture = code_of(address)
    about = f"QR code of this run at {texts.place(now.epoch, 0)}, fingerprint {now.fingerprint}"
    st.html(f'<div class="follow"><img src="{picture}" alt="{about}"><p>{now.fingerprint}</p></div>')
    st.caption(
        f"{texts.place(now.epoch, 0).capitalize()}. The fingerprint stands below the epoch on every "
        "screen: where it is the same, the run is the same, digit for digit."
    )
    if is_only_here(address):
        st.warning(texts.ONLY_HERE, icon=":material/info:")
    st.code(address, language=None, wrap_lines=True)
