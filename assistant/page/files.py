"""Our own style sheets and scripts beside this file: what the server sends, and what Gradio's page loads."""

STYLES = ("page.css", "facts.css")
SCRIPTS = ("page.js", "trouble.js")  # run before Gradio's own
MODULES = ("facts.js", "link.js", "personal.js", "keep.js")  # run when the page is there
FILES = (*STYLES, *SCRIPTS, *MODULES, "reader.css", "reader.js")
TAGS = "".join(
    (
        *(f'<link rel="stylesheet" href="{name}">' for name in STYLES),
        *(f'<script src="{name}"></script>' for name in SCRIPTS),
        *(f'<script type="module" src="{name}"></script>' for name in MODULES),
    )
)
