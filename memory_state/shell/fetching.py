"""Programs that fetch from the network (curl 8, wget 1.21)."""

from __future__ import annotations

from memory_state.shell.options import parse_options
from memory_state.shell.places import note_folder, write
from memory_state.shell.scene import BELOW, HIDDEN, SPLIT, doubt, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.shell.options import Options
    from memory_state.shell.scene import Scene, Words


# curl: letters and long names that take a value, and which of them name a file that is written.
CURL_LETTERS = "ABbCcDdEeFHhKmoPQrTtUuwXxYyz"
CURL_SWITCHES = frozenset("0123456afgGiIjJkLlMnNOpqRsSvVZ#:")
CURL_VALUED = frozenset(
    """
    user-agent cookie cookie-jar continue-at dump-header data data-raw data-binary data-urlencode json cert
    referer form form-string header max-time output ftp-port quote range upload-file telnet-option
    proxy-user user write-out request proxy connect-timeout retry retry-delay retry-max-time cacert key
    resolve url limit-rate output-dir trace trace-ascii stderr max-redirs interface dns-servers
    connect-to ciphers tls-max unix-socket oauth2-bearer variable etag-save etag-compare hsts alt-svc
    libcurl rate max-filesize noproxy capath cert-type key-type pass url-query aws-sigv4
    """.split()
)
CURL_SWITCH_NAMES = frozenset(
    """
    silent show-error location fail fail-with-body fail-early insecure head include verbose compressed get
    http1.0 http1.1 http2 http2-prior-knowledge http3 ipv4 ipv6 globoff no-buffer progress-bar
    remote-name remote-name-all remote-header-name create-dirs retry-connrefused retry-all-errors
    tlsv1.2 tlsv1.3 ssl-reqd parallel next location-trusted path-as-is no-progress-meter raw tcp-nodelay
    disable remote-time basic digest negotiate anyauth no-keepalive styled-output no-styled-output
    """.split()
)
CURL_FILES = (
    "cookie-jar",
    "dump-header",
    "output",
    "trace",
    "trace-ascii",
    "stderr",
    "etag-save",
    "hsts",
    "alt-svc",
    "libcurl",
)
CURL_NAMES = {
    "c": "cookie-jar",
    "D": "dump-header",
    "o": "output",
    "O": "remote-name",
    "J": "remote-header-name",
    "K": "config",
    "T": "upload-file",
    "w": "write-out",
}
WGET_LETTERS = "OPaoietTwQUABDGIRXSY"
WGET_VALUED = (
    "output-document", "directory-prefix", "append-output", "output-file", "input-file", "execute", "tries",
    "timeout", "wait", "quota", "user-agent", "header", "user", "password", "post-data", "post-file", "level",
    "accept", "reject", "domains", "limit-rate", "load-cookies", "save-cookies", "referer", "ca-certificate",
    "method", "body-data", "body-file", "warc-file", "use-askpass", "config", "rejected-log", "hsts-file",
)  # fmt: skip


def note_curl(words: Words, scene: Scene) -> None:
    """`curl`: what its output options name."""
    options = parse_options(words, CURL_LETTERS, CURL_VALUED)
    given = tuple((CURL_NAMES.get(name, name), value) for name, value in options.given)
    if any(SPLIT in each or each.startswith(HIDDEN) for each in words if "://" not in each):
        doubt(scene, "nobody knows the options of curl")
    if "upload-file" in dict(given) and not all(map(is_remote, options.operands)):
        doubt(scene, "nobody knows where curl puts the file")
    folder = dict(given).get("output-dir", "")
    for name, value in given:
        if name in CURL_FILES:
            inside = folder and name == "output" and not value.startswith("/")
            if value != "-":
                write_fetched(scene, f"{folder}/{value}" if inside else value, options)
        elif name in ("remote-name", "remote-name-all"):
            for each in options.operands:
                remote = name if dict(given).get("remote-header-name") is None else BELOW
                remote = BELOW if remote == BELOW else remote_name(each)
                write_fetched(scene, f"{folder or '.'}/{remote}", options)
        elif not known_curl_switch(name, value):
            doubt(scene, f"nobody knows what curl's {name!r} does")


def is_remote(address: str) -> bool:
    """Whether an address is that of a web server, not of a file."""
    return address.startswith(("http://", "https://"))


def write_fetched(scene: Scene, path: str, options: Options) -> None:
    """A file that is fetched, with its folder where that is made too; a `#` stands for part of an address."""
    if options.has("create-dirs") and "/" in path:
        note_folder(scene, path.rpartition("/")[0], parents=True)
    bare, mark, _ = path.partition("#")
    write(scene, bare + BELOW if mark else path)


def known_curl_switch(name: str, value: str) -> bool:
    """Whether an option of curl writes no file."""
    if name == "write-out":
        return "%output" not in value and is_known(value)
    if name == "config":
        return False
    return name in CURL_SWITCHES or name in CURL_SWITCH_NAMES or name in CURL_VALUED or name in CURL_LETTERS


def remote_name(address: str) -> str:
    """The file name that an address ends in."""
    name = address.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return name if name and is_known(name) and not set(name) & set("{[%") else BELOW


def note_wget(words: Words, scene: Scene) -> None:
    """`wget`: a document, a tree, or nothing."""
    options = parse_options(words, WGET_LETTERS, WGET_VALUED)
    if any(SPLIT in each or each.startswith(HIDDEN) for each in words):
        doubt(scene, "nobody knows the options of wget")
    if options.has("e", "execute", "use-askpass", "config"):
        doubt(scene, "wget is given commands")
    for each in options.values(
        "o", "output-file", "a", "append-output", "save-cookies", "rejected-log", "hsts-file"
    ):
        write(scene, each)
    for each in options.values("warc-file"):
        write(scene, f"{each}{BELOW}" if "/" in each else f"./{BELOW}")
    document = options.value("O", "output-document")
    if document is not None:
        if document != "-":
            write(scene, document)
    elif not options.has("spider"):
        write_documents(scene, options)


WGET_TREES = (
    "r", "m", "p", "x", "i", "E", "recursive", "mirror", "page-requisites", "force-directories",
    "input-file", "content-disposition", "trust-server-names", "adjust-extension",
)  # fmt: skip


def write_documents(scene: Scene, options: Options) -> None:
    """Documents under their own names."""
    folder = options.value("P", "directory-prefix") or "."
    if options.has(*WGET_TREES):
        write(scene, folder, whole=True)
        return
    for each in options.operands:
        tail = each.partition("://")[2] or each
        name = (
            remote_name(each) if "?" not in each and "/" in tail else BELOW if "?" in each else "index.html"
        )
        write(scene, f"{folder}/{'index.html' if tail.endswith('/') else name}")


FETCHING_PROGRAMS: dict[str, Callable[[Words, Scene], None]] = {"curl": note_curl, "wget": note_wget}
