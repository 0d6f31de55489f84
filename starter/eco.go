package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) ecoOrganismesVerb() *cli.Command {
	return &cli.Command{
		Name: "eco-organismes", Usage: "list the éco-organismes that may be on a French BSDD", ArgsUsage: "[TEXT]", Category: "Look",
		Description: examples("With TEXT only those whose name or SIRET contains it. Takes one call of the quota.",
			"starter eco-organismes",
			"starter eco-organismes solvants",
			"starter eco-organismes 00000000283473 --json"),
		Action: s.ecoOrganismes,
	}
}

func (s *starter) ecoOrganismes(c *cli.Context) error {
	text := strings.Join(c.Args().Slice(), " ")
	all, err := api.Value(s.service.ListEcoOrganismesWithResponse(c.Context, &api.ListEcoOrganismesParams{Text: opt(text)}))
	if err != nil {
		return err
	}
	return s.answer(c, all, func(w io.Writer) { writeEcoOrganismes(w, all, text) })
}

func writeEcoOrganismes(w io.Writer, all []sluss.Party, text string) {
	switch {
	case len(all) > 0:
	case text != "":
		fmt.Fprintf(w, "No éco-organisme of BSDDs has %q in its name or SIRET.\n", text)
	default:
		fmt.Fprintln(w, "Trackdéchets lists no éco-organisme of BSDDs.")
	}
	for _, p := range all {
		fmt.Fprintf(w, "%s  %s", p.ID, p.Name)
		if p.Address != "" {
			fmt.Fprintf(w, ", %s", p.Address)
		}
		fmt.Fprintln(w)
	}
}
