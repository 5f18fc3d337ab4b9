"""What is known of programs, variables and outputs, as tables.

Sources: the manuals of bash 5.2, GNU coreutils 9, findutils 4, tar 1.34, curl 8, wget 1.21, rsync 3.2.
"""

from __future__ import annotations

import re

from memory_state.core.prefixes import COMMAND_RUNNERS
from memory_state.core.reads import FREE_READERS, VERSION_PROGRAMS

# Programs and builtins that write no file by any option or operand, besides those of core.reads.
READERS = frozenset(
    FREE_READERS.split()
    + """
    apropos basenc base32 bg break bzcat bzgrep cal caller clear cloc col colrm continue dig dirs disown
    exit factor fg getconf getent host hostid iostat jq last locale look lsattr lsb_release lsblk lsmem
    lspci lsusb md5 namei netstat nslookup numfmt pathchk ping pinky pstree readelf return tabs times
    tput type ulimit umask vmstat w whatis xxhsum xzcat xzgrep zcat zcmp zdiff zgrep zstdcat
    """.split()
)

# Programs that print and quit when asked for their version or help alone.
ASKED = frozenset(
    VERSION_PROGRAMS.split()
    + """
    awk cargo curl gh go gofmt grep java javac jq kubectl mvn nvm perl pnpm pytest python2 rg rustc rustup
    sed tar terraform tsc wget yarn bun deno black mypy eslint prettier poetry tox g++ c++ cc ld make ls
    cat find sort
    """.split()
)
VERSION_WORDS = ("--version", "-V", "version", "--help")
SHORT_VERSION = {
    "node": "-v",
    "npm": "-v",
    "pnpm": "-v",
    "yarn": "-v",
    "ruby": "-v",
    "php": "-v",
    "tsc": "-v",
}

# Subcommands that only tell.
TELLING = {
    "npm": ("ls", "list", "view", "outdated", "root", "prefix", "whoami"),
    "pip": ("list", "show", "freeze", "check"),
    "pip3": ("list", "show", "freeze", "check"),
    "go": ("version", "env", "list"),
    "docker": ("ps", "images", "inspect", "logs", "version", "info"),
    "systemctl": ("status", "list-units", "is-active", "show"),
}
TELLING_NOT = ("-w", "-u", "-mod=mod", "--fix", "--output-file", "-o")

# Simple writers: letters that take a value, long options that do, operands before the paths, whether
# links are followed.
SIMPLE_WRITERS: dict[str, tuple[str, tuple[str, ...], int, bool]] = {
    "chattr": ("pv", (), 1, True),
    "chgrp": ("", ("reference", "from"), 1, True),
    "chmod": ("", ("reference",), 1, True),
    "chown": ("", ("reference", "from"), 1, True),
    "fallocate": ("lo", ("length", "offset"), 0, True),
    "mkfifo": ("mZ", ("mode", "context"), 0, False),
    "rm": ("", ("interactive",), 0, False),
    "rmdir": ("", (), 0, False),
    "setfacl": ("mxMX", ("modify", "remove", "set"), 0, True),
    "shred": ("nsx", ("iterations", "size", "random-source"), 0, True),
    "sponge": ("", (), 0, True),
    "tee": ("", ("output-error",), 0, True),
    "touch": ("drtA", ("date", "reference", "time"), 0, True),
    "truncate": ("sr", ("size", "reference"), 0, True),
    "unlink": ("", (), 0, False),
    "vipe": ("", (), 0, True),
}
RECURSIVE_LETTERS = {"rm": "rRd", "chmod": "R", "chown": "R", "chgrp": "R", "setfacl": "R", "chattr": "R"}

# Outputs that can be no option and hold no slash, by the last command of a substitution.
PLAIN_OUTPUTS = re.compile(
    r"nproc|wc -[lcwm]|id -[ug]|uname(?: -[smr])?|tput (?:cols|lines)|seq(?: \d+)+"
    r"|date \+(?:%[aAbBdeFHjmMsSTuVwyYzZ]|\w)(?:%[aAbBdeFHjmMsSTuVwyYzZ]|[\w.:-])*"
    r"|git rev-parse (?:--short |--verify )?HEAD|git rev-parse --abbrev-ref HEAD|git branch --show-current"
    r"|git rev-list --count [\w./~^-]+|git describe(?: --(?:tags|always|abbrev=\d+))*"
    r"|git merge-base [\w./~^]+ [\w./~^]+|grep -c [\w.-]+(?: [\w./]+)?"
)

# Variables that decide what programs run, load or write.
STEERING_NAMES = frozenset(
    """
    BROWSER CDPATH CVS_RSH EDITOR ENV EXINIT EXECIGNORE FCEDIT FIGNORE FPATH GCONV_PATH GLOBIGNORE HOME
    IFS INPUTRC JAVA_TOOL_OPTIONS LOCPATH NLSPATH NULLCMD OLDPWD PAGER PATH POSIXLY_CORRECT PROMPT_COMMAND
    PS0 PS4 PWD READNULLCMD SHELL SHELLOPTS TAPE TERMCAP TERMINFO TERMINFO_DIRS VIMINIT VISUAL ZDOTDIR
    COLUMNS_CMD MAILCHECK MAILPATH fpath path cdpath module_path
    """.split()
)
STEERING_PREFIXES = (
    "BASH", "CURL_", "DYLD_", "GIT_", "GLIBC_", "GREP_", "GZIP", "JQ_", "LD_", "LESS", "MALLOC_", "MAN",
    "NODE_", "NPM_", "PERL", "PYTHON", "RIPGREP_", "RSYNC_", "RUBY", "SED_", "SSH_",
    "SUDO_", "TAR_", "UNZIP", "VIM",
    "WGET", "XDG_", "ZIP", "npm_", "XZ_", "ZSTD_", "BZIP", "AWKPATH", "AWKLIB", "GAWK", "PKG_", "TREE_",
)  # fmt: skip
# Variables that the shell sets itself, whatever they are set to.
COMPUTED_NAMES = frozenset(
    "_ BASHPID DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTARG PIPESTATUS PPID"
    " RANDOM SECONDS SRANDOM UID status pipestatus argv".split()
)
HARMLESS_VALUES: dict[str, tuple[str, ...]] = {
    "BASH_SILENCE_DEPRECATION_WARNING": ("1",),
    "GIT_EDITOR": ("true", ":"),
    "GIT_OPTIONAL_LOCKS": ("0",),
    "GIT_PAGER": ("cat", "", "less"),
    "GIT_TERMINAL_PROMPT": ("0", "1"),
    "LESS": ("FRX", "-FRX", "FR", "R"),
    "MANPAGER": ("cat",),
    "PAGER": ("cat", "", "less"),
    "PYTHONDONTWRITEBYTECODE": ("1",),
    "PYTHONUNBUFFERED": ("1",),
}

# Names that a function may not take without changing what known words mean.
SHELL_NAMES = frozenset([*READERS, *ASKED, *SIMPLE_WRITERS, *COMMAND_RUNNERS.split()]).union(
    """
    cp mv ln install dd mkdir tar zip unzip gzip rsync git sed perl split csplit patch printf read set shift
    source test trap unset alias cd pushd popd export local declare readonly typeset let uniq xxd file date
    wget iconv mktemp logger sdiff hostname history base64
    """.split()
)

# Programs that run the rest of their words: letters and long names of their options that take a value,
# operands before the command.
RUNNERS: dict[str, tuple[str, tuple[str, ...], int]] = {
    "builtin": ("", (), 0),
    "busybox": ("", (), 0),
    "chrt": ("TPD", (), 1),
    "doas": ("uC", (), 0),
    "ionice": ("cnpPu", ("class", "classdata"), 0),
    "nice": ("n", ("adjustment",), 0),
    "nohup": ("", (), 0),
    "setsid": ("", (), 0),
    "stdbuf": ("ioe", ("input", "output", "error"), 0),
    "taskset": ("", (), 1),
    "timeout": ("ks", ("kill-after", "signal"), 1),
}
SUDO_VALUED = (
    "ugpCrtTUDRh",
    ("user", "group", "prompt", "close-from", "role", "type", "chdir", "chroot", "host"),
)

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
    "w": "write-out",
}
WGET_LETTERS = "OPaoietTwQUABDGIRXSY"
WGET_VALUED = (
    "output-document", "directory-prefix", "append-output", "output-file", "input-file", "execute", "tries",
    "timeout", "wait", "quota", "user-agent", "header", "user", "password", "post-data", "post-file", "level",
    "accept", "reject", "domains", "limit-rate", "load-cookies", "save-cookies", "referer", "ca-certificate",
    "method", "body-data", "body-file", "warc-file", "use-askpass", "config", "rejected-log", "hsts-file",
)  # fmt: skip
RSYNC_LETTERS = "efBTM@"
RSYNC_VALUED = (
    "rsh", "rsync-path", "exclude", "include", "exclude-from", "include-from", "files-from", "filter",
    "block-size", "max-size", "min-size", "backup-dir", "suffix", "partial-dir", "temp-dir", "compare-dest",
    "copy-dest", "link-dest", "log-file", "log-file-format", "out-format", "bwlimit", "timeout", "chmod",
    "write-batch", "only-write-batch", "read-batch", "port", "password-file", "info", "debug",
)  # fmt: skip
TAR_LETTERS = "fCbTXgIKNFHLV"
TAR_VALUED = (
    "file", "directory", "blocking-factor", "files-from", "exclude-from", "exclude", "use-compress-program",
    "to-command", "checkpoint-action", "transform", "strip-components", "owner", "group", "mode", "mtime",
    "format", "one-top-level", "listed-incremental", "newer", "info-script", "rsh-command", "index-file",
    "warning", "label", "suffix", "sort", "level",
)  # fmt: skip
TAR_RUNNING = (
    "use-compress-program",
    "to-command",
    "checkpoint-action",
    "info-script",
    "new-volume-script",
    "rsh-command",
    "I",
    "F",
    "index-file",
    "rmt-command",
)
