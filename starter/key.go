package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss/config"
)

// keysTold is the answer about keys in JSON: ids, never keys.
type keysTold struct {
	File  string   `json:"file"`
	Keys  []string `json:"keys"` // the first encrypts
	Added string   `json:"added,omitempty"`
}

func (s *starter) keyVerb() *cli.Command {
	return &cli.Command{
		Name: "key", Usage: "list the keys that encrypt workflow payloads, or change to a new one", ArgsUsage: noArguments, Category: "Run",
		Description: examples(`The file is temporal.encryption_key_file of the configuration. To change keys: add one, give the file to all processes
and restart them, so that all can decrypt with it; then use it, and do the same again, so that all encrypt with it.
An old key must stay in the file as long as anything is open, or closed and still in Temporal, that it has encrypted.`,
			"starter key", "starter key --add", "starter key --use 4e1243bd22c6"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "add", Usage: "make a key, and put it behind the others"},
			&cli.StringFlag{Name: "use", Usage: "encrypt with the key `ID` from now on"},
		},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			conf, err := configuration(c)
			if err != nil {
				return err
			}
			told := keysTold{File: conf.Temporal.KeyFile}
			add, use := c.Bool("add"), c.String("use")
			switch {
			case add && use != "":
				return usagef("give --add or --use: between the two, all processes must have the new key")
			case told.File == "" && (add || use != ""):
				return usagef("there is no temporal.encryption_key_file in the configuration to change")
			case add:
				told.Added, err = config.AddKey(told.File)
			case use != "":
				err = config.UseKey(told.File, use)
			}
			if err != nil {
				return usagef("--%s: %w", map[bool]string{true: "add", false: "use"}[add], err)
			}
			if told.Keys, err = conf.Temporal.KeyIDs(); err != nil {
				return usageError{err}
			}
			return s.answer(c, told, func(w io.Writer) {
				for i, id := range told.Keys {
					fmt.Fprintf(w, "%s  %s\n", id, map[bool]string{true: "encrypts", false: "decrypts only"}[i == 0])
				}
				switch {
				case len(told.Keys) == 0:
					fmt.Fprintln(w, "There is no key: payloads are in clear.")
				case add:
					fmt.Fprintf(w, "Restart all processes with this file, then: starter key --use %s\n", told.Added)
				case use != "":
					fmt.Fprintln(w, "Restart all processes with this file.")
				}
			})
		},
	}
}
