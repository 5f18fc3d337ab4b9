"""What is known of programs and variables whatever a line does, as words between blanks.

Sources: the manuals of bash 5.2, GNU coreutils 9 and of the programs named.
"""

from __future__ import annotations

from memory_state.core.reads import FREE_READERS

# Programs and builtins that write no file by any option or operand, besides those of core.reads.
MORE_READERS = (
    " apropos basenc base32 bg break bzcat bzgrep cal caller clear cloc col colrm continue dig dirs disown"
    " exit factor fg getconf getent host hostid iostat jq last locale look lsattr lsb_release lsblk lsmem"
    " lspci lsusb md5 namei netstat nslookup numfmt pathchk ping pinky pstree readelf return tabs times"
    " tput type ulimit umask vmstat w whatis xxhsum xzcat xzgrep yes zcat zcmp zdiff zgrep zstdcat "
)

# Variables that decide what programs run, load or write.
STEERING_NAMES = (
    " BROWSER CDPATH CVS_RSH EDITOR ENV EXINIT EXECIGNORE FCEDIT FIGNORE FPATH GCONV_PATH GLOBIGNORE HOME"
    " IFS INPUTRC JAVA_TOOL_OPTIONS LOCPATH NLSPATH NULLCMD OLDPWD PAGER PATH POSIXLY_CORRECT"
    " PROMPT_COMMAND PS0 PS4 PWD READNULLCMD SHELL SHELLOPTS TAPE TERMCAP TERMINFO TERMINFO_DIRS VIMINIT"
    " VISUAL ZDOTDIR COLUMNS_CMD MAILCHECK MAILPATH fpath path cdpath module_path "
)
STEERING_PREFIXES = (
    "BASH", "CURL_", "DYLD_", "GIT_", "GLIBC_", "GREP_", "GZIP", "JQ_", "LD_", "LESS", "MALLOC_", "MAN",
    "NODE_", "NPM_", "PERL", "PYTHON", "RIPGREP_", "RSYNC_", "RUBY", "SED_", "SSH_",
    "SUDO_", "TAR_", "UNZIP", "VIM",
    "WGET", "XDG_", "ZIP", "npm_", "XZ_", "ZSTD_", "BZIP", "AWKPATH", "AWKLIB", "GAWK", "PKG_", "TREE_",
)  # fmt: skip
HARMLESS_VALUES = (
    "BASH_SILENCE_DEPRECATION_WARNING=1", "GIT_EDITOR=true", "GIT_EDITOR=:", "GIT_OPTIONAL_LOCKS=0",
    "GIT_PAGER=cat", "GIT_PAGER=", "GIT_PAGER=less", "GIT_TERMINAL_PROMPT=0", "GIT_TERMINAL_PROMPT=1",
    "LESS=FRX", "LESS=-FRX", "LESS=FR", "LESS=R", "MANPAGER=cat", "PAGER=cat", "PAGER=", "PAGER=less",
    "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
)  # fmt: skip
# Variables that the shell sets itself, whatever they are set to.
COMPUTED_NAMES = (
    " _ BASHPID DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTARG PIPESTATUS"
    " PPID RANDOM SECONDS SRANDOM UID status pipestatus argv "
)


def listed(word: str, words: str) -> bool:
    """Whether a word is one of a table's words."""
    return word != "" and " " not in word and f" {word} " in words


def only_reads(name: str) -> bool:
    """Whether a program or builtin writes no file by any option or operand."""
    return listed(name, FREE_READERS) or listed(name, MORE_READERS)


def steers_programs(name: str, value: str) -> bool:
    """Whether a variable decides what programs run or write."""
    if f"{name}={value}" in HARMLESS_VALUES:
        return False
    return listed(name, STEERING_NAMES) or name.startswith(STEERING_PREFIXES)
