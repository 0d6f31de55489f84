package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss/starter/serve"
)

func (s *starter) keyVerb() *cli.Command {
	return &cli.Command{
		Name: "key", Usage: "list the keys that encrypt workflow payloads, or change to a new one", ArgsUsage: noArguments, Category: "Run",
		Description: examples(`The file is temporal.encryption_key_file of the configuration. To change to a new key, add one, give the file to all processes
and restart them, so that all can decrypt with it. Then use it, give out the file and restart again, so that all encrypt with it.
An old key must stay in the file as long as Temporal has workflows, open or closed, that were encrypted with it.`,
			"starter key", "starter key --add", "starter key --use 4e1243bd22c6"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "add", Usage: "make a key, and add it after the others"},
			&cli.StringFlag{Name: "use", Usage: "encrypt with the key `ID` from now on"},
		},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			add, use := c.Bool("add"), c.String("use")
			keys, err := serve.ChangeKeys(c.String("config"), add, use)
			if err != nil {
				return err
			}
			return s.answer(c, keys, func(w io.Writer) {
				for i, id := range keys.Keys {
					fmt.Fprintf(w, "%s  %s\n", id, map[bool]string{true: "encrypts", false: "decrypts only"}[i == 0])
				}
				switch {
				case len(keys.Keys) == 0:
					fmt.Fprintln(w, "There is no key: payloads are not encrypted.")
				case add:
					fmt.Fprintf(w, "Restart all processes with this file, then: starter key --use %s\n", keys.Added)
				case use != "":
					fmt.Fprintln(w, "Restart all processes with this file.")
				}
			})
		},
	}
}
