package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

// errFaults means that some of several declarations were refused. Their faults were
// printed before.
var errFaults = errors.New("not all batches were declared")

func (s *starter) declareVerb() *cli.Command {
	return &cli.Command{
		Name: "declare", Usage: "declare batches, each from a JSON file", ArgsUsage: "FILE.json…|-", Category: "Declare",
		Description: examples("Declaring the same file again changes nothing. - is standard input. Codes, numbers, masses and times are read as in a table\n(docs/import.md): what can be read in one way only is brought into one form, and told.",
			"starter declare examples/se-waste-oil.json",
			"starter declare batch.json --dry-run",
			"starter declare batch.json --at 2026-11-20T16:00 --noted-at 2026-11-20T16:30   # days later",
			"jq .batch export.json | starter declare -"),
		Flags: []cli.Flag{
			byFlag("by", "`NAME` of the person who declares; \"command line\" if left out"),
			&cli.StringFlag{Name: "at", Usage: "`TIME` at which the waste was produced, if the file does not tell it; not known if left out"},
			notedFlag(),
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be declared, and declare nothing"},
		},
		Action: s.declare,
	}
}

// declared is the result of one file.
type declared struct {
	File string `json:"file"`
	api.Declared
	Error  string       `json:"error,omitempty"`
	Faults sluss.Faults `json:"faults,omitempty"`
}

func (s *starter) declare(c *cli.Context) error {
	if !c.Args().Present() {
		return usagef("no file: starter declare %s", c.Command.ArgsUsage)
	}
	params := api.DeclareBatchesParams{By: opt(declarer(c)), DryRun: opt(c.Bool("dry-run"))}
	at, err := s.actTime(c)
	if err != nil {
		return err
	}
	noted, err := s.notedAt(c)
	if err != nil {
		return err
	}
	params.At, params.NotedAt = opt(at), opt(noted)
	var texts [][]byte
	for _, name := range c.Args().Slice() {
		text, err := s.read(name)
		if err != nil {
			return err
		}
		texts = append(texts, bytes.TrimPrefix(text, []byte("\ufeff"))) // editors on Windows begin files with it
	}
	results := make([]declared, 0, len(texts))
	refused := false
	for i, text := range texts {
		result := declared{File: c.Args().Get(i)}
		result.Declared, err = api.Decoded[api.Declared](s.service.DeclareBatchesWithBodyWithResponse(c.Context, &params, "application/json", bytes.NewReader(text)))
		if err != nil && !errors.As(err, &result.Faults) {
			err = fmt.Errorf("%s: %w", result.File, explained(err))
			if len(results) > 0 {
				err = errors.Join(err, s.answer(c, results, func(io.Writer) {}))
			}
			return err
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
	case r.Fresh && r.DryRun:
		fmt.Fprintf(w, "would be declared  %s\n", short(r.Batch))
	case r.Fresh:
		fmt.Fprintf(w, "declared   %s\n", short(r.Batch))
	default:
		fmt.Fprintf(w, "unchanged  %s: it was declared before, with the same content\n", short(r.Batch))
		return
	}
	writeRead(w, r.Warnings, r.Readings, r.Values)
}

// writeRead writes what a person should know of what was read.
func writeRead(w io.Writer, warnings sluss.Faults, readings []api.Reading, values map[string]string) {
	writeWarnings(w, warnings)
	for _, reading := range readings {
		fmt.Fprintf(w, "    %s\n", reading)
	}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(w, "      %s = %s\n", path, values[path])
	}
}

func writeWarnings(w io.Writer, warnings sluss.Faults) {
	for _, warning := range warnings {
		fmt.Fprintf(w, "    warning: %s\n", warning)
	}
}

func writeFaults(w io.Writer, faults sluss.Faults) {
	for _, fault := range faults {
		fmt.Fprintf(w, "    %s\n", fault)
	}
}

// declarer is who declares. A machine may do it, so the name is optional.
func declarer(c *cli.Context) string {
	return cmp.Or(strings.TrimSpace(c.String("by")), "command line")
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
