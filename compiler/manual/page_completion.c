/* page_completion.c - what the manual says of `inlay completion`. */
#include "pages.h"

const struct manual_page page_completion = {
	.command = "completion",
	.description =
	        "Prints a script that completes commands, options, files and words in a "
	        "shell.",
	.examples = {
		{ "source <(inlay completion bash)",
		  "In a running bash, or in `~/.bashrc`." },
		{ "inlay completion zsh > ~/.zfunc/_inlay",
		  "For zsh: a directory of `$fpath`." },
		{ "inlay completion fish > ~/.config/fish/completions/inlay.fish",
		  "For fish." },
	},
	.exit_status = "0  printed\n"
	        "64  there is none for that shell",
	.see_also = "help",
};
