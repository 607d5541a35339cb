"""A button that copies the address of the page, which restores what is shown."""

from __future__ import annotations

import ipyvuetify
import solara
import traitlets

from viz.words.frame import CONTROLS


class CopyLinkWidget(ipyvuetify.VuetifyTemplate):
    """The button; where the browser forbids copying, it shows the address to be copied by hand."""

    template_file = (__file__, "../vue/copy_link.vue")
    words = traitlets.Unicode(CONTROLS["copy_link"]).tag(sync=True)
    done_words = traitlets.Unicode(CONTROLS["copied"]).tag(sync=True)


@solara.component
def CopyLink() -> None:
    """The button."""
    CopyLinkWidget.element()
