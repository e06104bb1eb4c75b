"""The smallest language server in pygls, the usual Python library for one."""

try:
    from pygls.lsp.server import LanguageServer
except ImportError:
    from pygls.server import LanguageServer

LanguageServer("bench", "1").start_io()
