"""Which simple commands are known to change nothing: by program and by every option they carry.

A command that is not listed, or has an option that is not listed, is not known; nothing here says
that it writes. Options are listed because programs hide writing and running among them
(`sort -o`, `tree -o`, `rg --pre`, `git diff --output`). Sources: the manuals of GNU coreutils 9,
grep 3, findutils 4, tree 2, ripgrep 14, jq 1.7, file 5 and git 2.47; the stricter where BSD differs.
"""

from __future__ import annotations

# Programs of which no option and no operand writes a file or runs a program.
FREE_READERS = (
    " : arch basename cat cksum cmp column comm cut df diff dirname du echo egrep expand expr factor"
    " false fgrep fmt fold free grep groups head hexdump id join ls logname lscpu md5sum nl nproc od"
    " paste pgrep pidof pr printenv ps pwd readlink realpath rev seq sha1sum sha224sum sha256sum"
    " sha384sum sha512sum shasum sleep stat strings sum tac tail tr true tsort tty type uname"
    " unexpand uptime users wc whereis which who whoami cd "
)

# One program a line: name, most operands (`*` any), letters (`:` behind one that takes the rest of
# its word), long names. `git/x` is a subcommand.
READER_OPTIONS = """
b2sum * bctlwz check quiet status strict tag text binary zero
file * bikhLlnNpr0sF: brief mime mime-type mime-encoding dereference no-dereference
jq * nrRcsaSCMjeh raw-output raw-input compact-output null-input slurp sort-keys exit-status arg \
argjson slurpfile rawfile args jsonargs tab indent join-output ascii-output color-output \
monochrome-output stream seq
printf * -
rg * nilLcwvoFxUPsSNpquIH0.aM:g:t:T:A:B:C:m:e:f:r:j:d: files glob iglob type type-not type-list \
hidden no-ignore no-ignore-vcs line-number no-line-number heading no-heading count count-matches \
files-with-matches files-without-match ignore-case smart-case case-sensitive word-regexp \
fixed-strings line-regexp invert-match max-count max-depth context after-context before-context \
multiline only-matching sort sortr color column json stats vimgrep follow pcre2 trim passthru quiet \
no-messages no-filename with-filename replace regexp max-columns no-config version null pretty
sort * bcCdfghiMnRruVzsk:t:S: reverse numeric-sort unique key field-separator human-numeric-sort \
version-sort ignore-case check stable general-numeric-sort month-sort random-sort zero-terminated \
dictionary-order ignore-leading-blanks
tree * adfxlLPINDshugptrcUnCASFqQJX noreport dirsfirst filesfirst prune gitignore du si filelimit \
charset matchdirs ignore-case inodes device sort timefmt
uniq 1 cdDiuzf:s:w: count repeated unique ignore-case skip-fields skip-chars check-chars \
zero-terminated all-repeated
xxd 1 buip
git/annotate * LwlsfnepctbC:M: porcelain line-porcelain date since
git/blame * L:wlsfnepctbC:M: porcelain line-porcelain date since show-email show-name show-number
git/branch 0 arv all remotes verbose show-current sort format column no-column contains no-contains \
merged no-merged points-at list color no-color ignore-case abbrev
git/cat-file 2 ptse
git/check-attr * az all cached stdin
git/check-ignore * qvnz quiet verbose non-matching no-index stdin
git/count-objects 0 vH verbose human-readable
git/describe * - all tags long always abbrev match exclude exact-match first-parent contains dirty \
broken candidates
git/for-each-ref * s - count sort format points-at merged no-merged contains no-contains shell
git/grep * nilLcwvoFEPGHhqepA:B:C:m: line-number ignore-case files-with-matches count name-only \
cached untracked and or not all-match word-regexp fixed-strings extended-regexp perl-regexp \
invert-match break heading max-depth show-function function-context no-index recursive null column \
files-without-match only-matching color no-color context before-context after-context
git/ls-files * cdmoiksutzvfx: others exclude-standard cached modified deleted stage unmerged \
error-unmatch full-name ignored directory no-empty-directory exclude abbrev eol deduplicate
git/ls-tree * drtlz long name-only name-status full-name full-tree abbrev object-only
git/merge-base * a all octopus independent is-ancestor fork-point
git/name-rev * - tags name-only all refs always
git/rev-list * qn:0123456789 count all branches tags remotes max-count skip since until after before \
author merges no-merges first-parent reverse left-right topo-order date-order objects oneline quiet
git/rev-parse * q abbrev-ref short verify show-toplevel git-dir git-common-dir is-inside-work-tree \
is-bare-repository symbolic-full-name show-prefix show-cdup absolute-git-dir quiet all branches tags \
is-inside-git-dir show-superproject-working-tree
git/show-ref * dqs heads tags branches head verify quiet dereference hash abbrev exists
git/status * bsvzu: short branch porcelain long verbose untracked-files ignored ignore-submodules \
column no-column ahead-behind no-ahead-behind renames no-renames find-renames show-stash null
git/tag 0 ln: list sort format column no-column contains no-contains merged no-merged points-at color
git/version 0 - build-options
"""

# git log, diff and their kin share one set of options (git-log(1), diff-options).
GIT_HISTORY = "diff diff-files diff-index diff-tree log shortlog show whatchanged"
GIT_HISTORY_OPTIONS = """
git/history * 0123456789puswzbaiEFPgqRWmcM:C:S:G:L:U:X:n: stat numstat shortstat name-only \
name-status cached staged oneline graph decorate no-decorate all max-count format pretty \
abbrev-commit abbrev patch no-patch \
unified word-diff color-words color no-color follow since until after before author committer grep \
merges no-merges first-parent reverse date summary dirstat raw check ignore-all-space \
ignore-space-change ignore-space-at-eol ignore-blank-lines minimal histogram patience \
diff-algorithm diff-filter find-renames find-copies no-renames no-ext-diff no-textconv exit-code \
quiet relative branches tags remotes left-right cherry-pick cherry-mark full-history topo-order \
date-order author-date-order merge-base no-index function-context text full-index no-prefix \
compact-summary patch-with-stat skip numbered email all-match invert-grep regexp-ignore-case \
extended-regexp fixed-strings perl-regexp pickaxe-regex pickaxe-all simplify-by-decoration boundary \
source no-notes notes submodule ignore-submodules root parents children merge
"""

# Words before which git reads nothing but the repository it stands in.
GIT_QUIET = ("--no-pager", "-P", "--no-optional-locks")
GIT_ACTIONS = {
    "apply": ("--stat", "--numstat", "--summary", "--check"),
    "config": ("--get", "--get-all", "--get-regexp", "--list", "-l", "get", "list"),
    "reflog": ("show",),
    "remote": ("-v", "--verbose", "get-url"),
    "stash": ("list", "show"),
    "worktree": ("list",),
}
GIT_ACTION_OPTIONS = """
git/apply * - stat numstat summary check
git/config 2 lz get get-all get-regexp list global local system worktree show-origin show-scope \
type name-only null includes default all
git/remote 0 v verbose
git/worktree 0 vz verbose porcelain
"""

FIND_TESTS = (
    " -name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -maxdepth"
    " -mindepth -size -mtime -mmin -atime -amin -ctime -cmin -newer -anewer -cnewer -newermt -empty"
    " -perm -user -group -uid -gid -links -inum -print -print0 -printf -ls -prune -quit -not -o -or -a"
    " -and -follow -depth -d -xdev -mount -L -H -P -true -false -readable -writable -executable"
    " -daystart -samefile -lname -ilname -nouser -nogroup -E -s "
)
SED_ADDRESSES = "0123456789,$p;qd= "
CHECKED_READERS = " [ command date env find git sed test "
VERSION_PROGRAMS = (
    " bash clang cmake docker gcc git java make mypy node npm php pip pip3 python python3 ruby ruff uv "
)


def reads_words(words: tuple[str, ...]) -> bool:
    """Whether a simple command is known to change nothing."""
    name = reader_name(words[0])
    if f" {name} " in FREE_READERS:
        return True
    if len(words) == 2 and words[1] == "--version" and f" {name} " in VERSION_PROGRAMS:
        return True
    if f" {name} " in CHECKED_READERS:
        return checked_reads(name, words[1:])
    return "/" not in name and options_known(name, words[1:], READER_OPTIONS)


def reader_name(word: str) -> str:
    """The program's name when it is called by name or from a system folder; else one that none has."""
    name = word.removeprefix("/usr/bin/").removeprefix("/bin/")
    return "/" if " " in name or "/" in name else name


def options_known(name: str, words: tuple[str, ...], table: str) -> bool:
    """Whether a table lists the program, every option among its words, and as many operands."""
    begin = table.find(f"\n{name} ")
    if begin < 0:
        return False
    most, letters, *names = table[begin + 1 : table.index("\n", begin + 1)].split()[1:]
    operands = [word for word in words if word == "-" or not word.startswith("-")]
    if most != "*" and len(operands) > int(most):
        return False
    return all(option_known(word, letters, names) for word in words if word not in operands)


def option_known(word: str, letters: str, names: list[str]) -> bool:
    """Whether a word that begins with a dash carries listed options only.

    A `--` ends nothing: a file whose name begins with a dash is taken for an option, the safe side.
    """
    if word.startswith("--"):
        return word == "--" or word[2:].partition("=")[0] in names
    for letter in word[1:]:
        at = letters.find(letter) if letter.isalnum() or letter == "." else -1
        if at < 0:
            return False
        if letters[at + 1 : at + 2] == ":":
            return True
    return True


def find_reads(words: tuple[str, ...]) -> bool:
    """Find: every expression is a listed test; `-delete`, `-exec`, `-ok`, `-fprint`, `-fls` are not."""
    return all(
        f" {word} " in FIND_TESTS or (word[1:].isalnum() and word[1].isdigit())
        for word in words
        if word.startswith("-")
    )


def sed_reads(words: tuple[str, ...]) -> bool:
    """Sed: `sed -n SCRIPT FILE...` with a script of addresses and `p`, `d`, `q`, `=` alone."""
    if len(words) < 2 or words[0] != "-n" or any(word.startswith("-") for word in words[1:]):
        return False
    return not words[1].strip(SED_ADDRESSES)


def date_reads(words: tuple[str, ...]) -> bool:
    """Date: no operand but a `+FORMAT`, as another one sets the clock."""
    if not all(word.startswith(("-", "+")) for word in words):
        return False
    table = "\ndate * uRI:d: utc universal iso-8601 rfc-3339 rfc-email date reference debug\n"
    return options_known("date", words, table)


def condition_reads(words: tuple[str, ...]) -> bool:
    """Test: no word with an expansion, which `test -v` would run (bash 5, Shell Arithmetic)."""
    return not any("$" in word or "`" in word for word in words)


def bracketed_reads(words: tuple[str, ...]) -> bool:
    """Test spelled `[ ... ]`."""
    return words[-1:] == ("]",) and condition_reads(words)


def command_reads(words: tuple[str, ...]) -> bool:
    """Command as a question: `command -v NAME`."""
    return words[:1] in (("-v",), ("-V",))


def env_reads(words: tuple[str, ...]) -> bool:
    """Env alone lists the environment; with words it may run anything."""
    return not words


def git_reads(words: tuple[str, ...]) -> bool:
    """Git: a listed subcommand behind nothing but `-C DIR` and switches that run no program."""
    at = 0
    while at < len(words) and (words[at] == "-C" or words[at] in GIT_QUIET):
        at += 2 if words[at] == "-C" else 1
    if at >= len(words):
        return False
    name, rest = words[at], words[at + 1 :]
    if name in GIT_HISTORY.split(" "):
        return options_known("git/history", rest, GIT_HISTORY_OPTIONS)
    if name in GIT_ACTIONS:
        return git_action_reads(name, rest)
    if name in ("branch", "tag") and "--list" in rest:
        rest = tuple([word for word in rest if word.startswith("-")])
    return options_known(f"git/{name}", rest, READER_OPTIONS)


def git_action_reads(name: str, rest: tuple[str, ...]) -> bool:
    """A subcommand that reads only in the form of a listed action, which stands first if it is a word."""
    if not rest:
        return name in ("reflog", "remote")
    first = rest[0]
    if not (first in GIT_ACTIONS[name] or (first.startswith("-") and asks_git(name, rest))):
        return False
    if first.startswith("-"):
        return options_known(f"git/{name}", rest, GIT_ACTION_OPTIONS)
    if name in ("reflog", "stash"):
        return options_known("git/history", rest[1:], GIT_HISTORY_OPTIONS)
    if first == "get-url":
        return options_known("git/get-url", rest[1:], "\ngit/get-url 1 - all push\n")
    return options_known(f"git/{name}", rest[1:], GIT_ACTION_OPTIONS)


def asks_git(name: str, rest: tuple[str, ...]) -> bool:
    """Whether an option among the words is one of the subcommand's reading actions."""
    return any(word.startswith("-") and word in GIT_ACTIONS[name] for word in rest)


READER_CHECKS = {
    "[": bracketed_reads,
    "command": command_reads,
    "date": date_reads,
    "env": env_reads,
    "find": find_reads,
    "git": git_reads,
    "sed": sed_reads,
    "test": condition_reads,
}


def checked_reads(name: str, words: tuple[str, ...]) -> bool:
    """Whether one of `CHECKED_READERS` changes nothing with these words."""
    return READER_CHECKS[name](words)
