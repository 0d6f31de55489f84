package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) explainVerb() *cli.Command {
	return &cli.Command{
		Name: "explain", Usage: "say what an error code of the Swedish registry means, and what to do", ArgsUsage: "CODE", Category: "Look",
		Description: examples("In English and in Swedish. With --note the field is named as in the batch format.",
			"starter explain 1091",
			"starter explain 1051 --note reception"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "note", Usage: "kind of `NOTE`: " + oneOf(sluss.SwedishReports())},
		},
		Action: s.explain,
	}
}

func (s *starter) explain(c *cli.Context) error {
	names, err := arguments(c, "CODE")
	if err != nil {
		return err
	}
	code, err := strconv.Atoi(names[0])
	if err != nil {
		return usagef("%q is no code: give a number, such as 1091", names[0])
	}
	note := sluss.ReportKind(strings.ToLower(c.String("note")))
	if note != "" && !slices.Contains(sluss.SwedishReports(), note) {
		return usagef("--note %q is no note of the Swedish registry: %s", note, oneOf(sluss.SwedishReports()))
	}
	explained, err := api.Value(s.service.ExplainCodeWithResponse(c.Context, code, &api.ExplainCodeParams{Report: opt(note)}))
	if err != nil {
		return err
	}
	return s.answer(c, explained, func(w io.Writer) {
		if len(explained) > 1 {
			fmt.Fprintf(w, "%d has %d meanings; the registry's own text decides between them.\n", code, len(explained))
		}
		for _, e := range explained {
			fmt.Fprintf(w, "%d  %s\n", e.Code, e.Message)
			field(w, "do", e.Remedy)
			field(w, "Swedish", e.Swedish+": "+e.SwedishRemedy)
			field(w, "field", e.Field)
			if e.Wire != e.Field {
				field(w, "wire", e.Wire)
			}
		}
	})
}
