import type { Candidate } from './candidates.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell reads once. Each asks `hub completion <shell> -- <words>`; no word is ever evaluated. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // Bash takes words apart at = and :, and replaces only what is behind the last of them. Also for bash 3.2, that of macOS.
  bash: `_counterpart_hub() {
  local words=() word glue= line last=0 i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ \${#words[@]} -gt 0 && ( -n $glue || $word == [=:]* ) ]]; then
      words[last]+=$word
    else
      last=\${#words[@]}
      words[last]=$word
    fi
    if [[ $word == *[=:] ]]; then glue=1; else glue=; fi
  done
  local current=\${words[last]}
  local before=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY[\${#COMPREPLY[@]}]=\${line#"$before"}
  done < <(hub completion bash -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _counterpart_hub hub
`,
  zsh: `#compdef hub
_counterpart_hub() {
  local -a found
  found=("\${(@f)$(hub completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  if (( \${#found} )); then _describe 'hub' found; else _files; fi
}
if [[ \${funcstack[1]} == _hub ]]; then
  _counterpart_hub "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
  compdef _counterpart_hub hub
fi
`,
  fish: `function __counterpart_hub
    set -l words (commandline -opc) (commandline -ct)
    set -l found (hub completion fish -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c hub -f -a '(__counterpart_hub)'
`,
};

/** Words as a shell reads them, one a line. */
export function written(shell: Shell, candidates: readonly Candidate[]): string {
  return candidates
    .map(({ value, description }) => {
      const told = description.replaceAll(/\s+/g, ' ').trim();
      if (shell === 'bash' || told === '') return shell === 'zsh' ? value.replaceAll(':', '\\:') : value;
      return shell === 'zsh' ? `${value.replaceAll(':', '\\:')}:${told}` : `${value}\t${told}`;
    })
    .join('\n');
}
