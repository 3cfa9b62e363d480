"""Our own style sheets and scripts beside this file: what the server sends, and what Gradio's page loads."""

STYLES = ("page.css", "facts.css")
SCRIPTS = ("page.js", "facts.js", "link.js", "personal.js", "keep.js")
FILES = (*STYLES, *SCRIPTS, "reader.css", "reader.js")
# Modules wait until the page is there; the first script must not.
TAGS = "".join(
    (
        *(f'<link rel="stylesheet" href="{name}">' for name in STYLES),
        f'<script src="{SCRIPTS[0]}"></script>',
        *(f'<script type="module" src="{name}"></script>' for name in SCRIPTS[1:]),
    )
)
