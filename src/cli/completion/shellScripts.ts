/** What each shell needs to ask brig; brig itself knows the answers, so the scripts do not age with its commands. */
export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/*
 * `brig __complete -- WORD...` answers with a line for each word that can stand at the last one, with a tab and what it
 * is, and may end with `:files` or `:directories` (the shell completes paths) or `:nospace` (more follows the word).
 */

/** For bash 4.4 and later; bash-completion is not needed. readline breaks words at = and :, brig does not. */
const bash = `
  # bash completion for brig; load it with: source <(brig completion bash)
  __brig_words() {
    local rest=$COMP_LINE index word
    words=()
    for ((index = 0; index <= COMP_CWORD; index++)); do
      word=\${COMP_WORDS[index]}
      if ((index > 0)) && [[ $rest != [[:space:]]* && ( -n $word || \${words[-1]} == *[=:] ) ]]; then
        words[-1]+=$word
      else
        words+=("$word")
        rest=\${rest#"\${rest%%[![:space:]]*}"}
      fi
      rest=\${rest#"$word"}
    done
  }

  _brig() {
    local words line word cut current
    __brig_words
    current=\${words[-1]}
    cut=
    [[ $current == *[=:]* ]] && cut=\${current%"\${current##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
      case $line in
        :files) compopt -o default ;;
        :directories) compopt -o dirnames ;;
        :nospace) compopt -o nospace ;;
        *)
          word=\${line%%$'\\t'*}
          [[ $word == "$cut"* ]] && COMPREPLY+=("\${word#"$cut"}")
          ;;
      esac
    done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
  }

  complete -F _brig brig
`;

const zsh = `
  #compdef brig
  # zsh completion for brig; load it with: source <(brig completion zsh), or as a file _brig in a directory of $fpath
  _brig() {
    local line word directive=
    local -a found
    while IFS= read -r line; do
      if [[ $line == :* ]]; then
        directive=$line
      else
        word=\${line%%$'\\t'*}
        found+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
      fi
    done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)
    case $directive in
      :files) _files ;;
      :directories) _files -/ ;;
    esac
    if (( \${#found} )); then
      if [[ $directive == :nospace ]]; then
        _describe brig found -S ''
      else
        _describe brig found
      fi
    fi
  }

  if [[ \${funcstack[1]} == _brig ]]; then
    _brig "$@"
  else
    compdef _brig brig
  fi
`;

const fish = `
  # fish completion for brig; load it with: brig completion fish | source
  function __brig_complete
      set -l words (commandline -opc)
      set -l current (commandline -ct)
      set -l answer ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
      for line in $answer
          switch $line
              case ':files'
                  __fish_complete_path "$current"
              case ':directories'
                  __fish_complete_directories "$current"
              case ':*'
              case '*'
                  echo $line
          end
      end
  end

  complete -c brig -f -a '(__brig_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** What the shell loads. */
export function shellScript(shell: Shell): string {
  return scripts[shell].replace(/^\n/, "").replace(/^ {2}/gm, "");
}
