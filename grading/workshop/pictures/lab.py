"""JupyterLab in a browser: wait for the kernel, run all cells, wait for the last one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

KERNEL_READY = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
    return session?.isReady && session.session?.kernel?.status === 'idle';
}"""
ALL_RAN = """() => {
    const notebook = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
    const prompts = [...notebook.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent);
    return prompts.length > 10 && prompts.every(text => /\\[\\d+\\]:/.test(text));
}"""
EXPOSED = "--LabApp.expose_app_in_browser=True"  # JupyterLab's option, without which the page cannot be asked


def run_all(page: "Page", *, seconds: float = 400) -> None:
    """Run > Run All Cells, and wait until each cell has run.

    It begins once the page's own session has its kernel: before that JupyterLab asks for one.
    """
    page.wait_for_function(KERNEL_READY, timeout=90_000)
    page.click(".lm-MenuBar-itemLabel:text-is('Run')")
    page.click("li[data-command='runmenu:run-all']")
    page.wait_for_function(ALL_RAN, timeout=1000 * seconds)
