package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) pdfVerb() *cli.Command {
	return &cli.Command{
		Name: "pdf", Usage: "write a batch's BSDD as Trackdéchets prints it", ArgsUsage: "BATCH", Category: "Look",
		Description: examples("Once the BSDD is final, its print is kept in the ledger, and is given without a call until the BSDD is revised.\nBefore that it is fetched each time, which takes three calls of the registry's quota.",
			"starter pdf SOLV-2026-0007",
			"starter pdf SOLV-2026-0007 -o bordereau.pdf",
			"starter pdf SOLV-2026-0007 -o - | lpr"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE`, - for standard output; NUMBER.pdf here if left out"},
		},
		Action: s.pdf,
	}
}

func (s *starter) pdf(c *cli.Context) error {
	id, _, err := target(c, batchID, "BATCH")
	if err != nil {
		return err
	}
	tenant, reference, _ := id.Split()
	reply, err := api.Read(s.service.PrintBatchWithResponse(c.Context, tenant, reference))
	if err != nil {
		return err
	}
	file := c.String("output")
	if file == "-" {
		_, err := s.out.Write(reply.Body)
		return err
	}
	p := written{File: cmp.Or(file, filepath.Base(api.Attached(reply.HTTPResponse.Header))), Status: reply.HTTPResponse.Header.Get("Sluss-Document-Status")}
	if err := p.save(reply.HTTPResponse.Header, reply.Body); err != nil {
		return err
	}
	return s.answer(c, p, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s, as it was at %s, %d bytes\n", p.File, p.Status, s.clock(p.FetchedAt), p.Size)
	})
}

// written is a file that was written.
type written struct {
	File      string    `json:"file"`
	Status    string    `json:"status,omitempty"` // of the document there
	SHA256    string    `json:"sha256"`
	Size      int       `json:"size"`
	FetchedAt time.Time `json:"fetched_at"`
}

// save writes the content to the file, by default in the current folder.
func (p *written) save(header http.Header, content []byte) error {
	p.SHA256, p.Size = strings.Trim(header.Get("ETag"), `"`), len(content)
	p.FetchedAt, _ = http.ParseTime(header.Get("Last-Modified")) // zero if it is not given
	if err := os.WriteFile(p.File, content, 0o600); err != nil {
		return usageError{err}
	}
	return nil
}
