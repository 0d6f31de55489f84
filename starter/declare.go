package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

// errFaults: some of many were refused; each was told with its faults already.
var errFaults = errors.New("not everything was taken")

func (s *starter) declareVerb() *cli.Command {
	return &cli.Command{
		Name: "declare", Usage: "declare batches, each from a JSON file", ArgsUsage: "FILE.json…|-", Category: "Declare",
		Description: examples("The same file again changes nothing. - is standard input.",
			"starter declare examples/se-waste-oil.json",
			"jq .batch export.json | starter declare -"),
		Flags: []cli.Flag{
			byFlag("by", "`NAME` of who declares; \"command line\" where nobody is named"),
			&cli.StringFlag{Name: "at", Usage: "`TIME` at which the waste was produced; now if left out"},
		},
		Action: s.declare,
	}
}

// declared is what became of one file.
type declared struct {
	File string `json:"file"`
	inbox.Declared
	Error  string       `json:"error,omitempty"`
	Faults sluss.Faults `json:"faults,omitempty"`
}

func (s *starter) declare(c *cli.Context) error {
	if !c.Args().Present() {
		return usagef("no file: starter declare %s", c.Command.ArgsUsage)
	}
	at, err := s.past(c.String("at"))
	if err != nil {
		return err
	}
	var texts [][]byte
	for _, name := range c.Args().Slice() {
		text, err := s.read(name)
		if err != nil {
			return err
		}
		texts = append(texts, text)
	}
	d, shut, err := desk(c, quiet)
	if err != nil {
		return err
	}
	defer shut()
	results := make([]declared, 0, len(texts))
	refused := false
	for i, text := range texts {
		result := declared{File: c.Args().Get(i)}
		declaration, err := inbox.ReadDeclaration(text)
		if err == nil {
			result.Declared, err = d.Declare(c.Context, declaration, declarer(c), at)
		}
		if err != nil && !errors.As(err, &result.Faults) {
			return errors.Join(fmt.Errorf("%s: %w", result.File, err), s.answer(c, results, func(io.Writer) {}))
		}
		if err != nil {
			refused, result.Error = true, err.Error()
		}
		results = append(results, result)
		if !c.Bool("json") {
			writeDeclared(plain{s.out}, result)
		}
	}
	if err := s.answer(c, results, func(io.Writer) {}); err != nil {
		return err
	}
	if refused {
		return errFaults
	}
	return nil
}

func writeDeclared(w io.Writer, r declared) {
	switch {
	case r.Error != "":
		fmt.Fprintf(w, "refused    %s\n", r.File)
		writeFaults(w, r.Faults)
	case r.Fresh:
		fmt.Fprintf(w, "declared   %s\n", short(r.Batch))
		writeWarnings(w, r.Warnings)
	default:
		fmt.Fprintf(w, "unchanged  %s: it was declared before, with the same content\n", short(r.Batch))
	}
}

func writeWarnings(w io.Writer, warnings sluss.Faults) {
	for _, warning := range warnings {
		fmt.Fprintf(w, "    note: %s\n", warning)
	}
}

func writeFaults(w io.Writer, faults sluss.Faults) {
	for _, fault := range faults {
		fmt.Fprintf(w, "    %s\n", fault)
	}
}

// declarer is who declares: a machine may do it, so nobody needs to be named.
func declarer(c *cli.Context) sluss.Person {
	if by, err := person(c, "by"); err == nil {
		return by
	}
	return sluss.Person{Name: "command line"}
}

// read is the content of a file; - is standard input.
func (s *starter) read(name string) ([]byte, error) {
	var data []byte
	var err error
	if name == "-" {
		data, err = io.ReadAll(s.in)
	} else {
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return data, nil
}
