// Package registry is the waste registry beside the documents: declarations of lines, also from files and for others by
// delegation, look-ups and exports. Weights are tonnes.
package registry

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"time"

	"sluss/simulators/trackdechets/files"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
)

// Service serves the waste registry. Make it with New; its methods expect the records to be locked.
type Service struct {
	*records.Store
	Files  *files.Store
	Schema *graphql.Schema
	// Zone is that of date-times without zone.
	Zone *time.Location
	// Time is how long an export or import takes.
	Time time.Duration
	// BaseURL stands before the path in links.
	BaseURL string

	uploads map[string]upload // by file key
}

// New opens the waste registry.
func New(b *records.Store, store *files.Store, schema *graphql.Schema, zone *time.Location, takes time.Duration, baseURL string) *Service {
	return &Service{Store: b, Files: store, Schema: schema, Zone: zone, Time: takes, BaseURL: baseURL, uploads: map[string]upload{}}
}

// Resolvers are the root fields of the waste registry.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{}
	for name := range Types {
		all.Add(name, d.declare)
	}
	for name, resolve := range map[string]func(*graphql.Call) (any, error){
		"generateRegistryV2Export": d.createExport, "cancelRegistryV2Export": d.cancelExport(exported), "cancelRegistryV2Lines": d.cancelLines,
		"registryV2Export": d.oneExport(exported), "registryV2Exports": d.listExports(exported), "registryV2ExportDownloadSignedUrl": d.exportLink(exported),
		"generateRegistryExhaustiveExport": d.createExhaustive, "cancelRegistryExhaustiveExport": d.cancelExport(exhaustive),
		"registryExhaustiveExport": d.oneExport(exhaustive), "registryExhaustiveExports": d.listExports(exhaustive),
		"registryExhaustiveExportDownloadSignedUrl": d.exportLink(exhaustive),
		"registryLookup": d.lookup, "registryLookups": d.lookups, "registryDelegation": d.oneDelegation, "registryDelegations": d.listDelegations,
		"registryUploadSignedUrl": d.uploadLink, "importFile": d.importFile, "registryImport": d.oneImport, "registryImports": d.listImports,
		"registryDownloadSignedUrl": d.importLink,
	} {
		all.Add(name, resolve)
	}
	return all
}

// list lists entries of a kind that fit, newest first.
func (d *Service) list(c *graphql.Call, kind string, wire func(*records.Document) any, fits func(*records.Document) bool) (any, error) {
	var nodes []graphql.Node
	for _, r := range d.Newest(kind) {
		if fits(r) {
			nodes = append(nodes, graphql.Node{Cursor: r.ID, Value: wire(r)})
		}
	}
	return graphql.Connection(c.Args, nodes, 10, 100)
}

// Exports and imports are jobs, which their author alone sees.

func isOwn(c *graphql.Call, r *records.Document) bool { return r.Text("author") == c.User.Email }

func (d *Service) own(c *graphql.Call, kind, id, otherwise string) (*records.Document, error) {
	r, ok := d.Find(kind, id)
	if !ok || !isOwn(c, r) {
		return nil, refusal.BadInput(fmt.Sprintf(otherwise, id))
	}
	return r, nil
}

// progress is the status of a job, which follows from the time that has passed.
func (d *Service) progress(r *records.Document, outcome string) string {
	age := d.Now().Sub(r.CreatedAt)
	switch {
	case r.Status != "":
		return string(r.Status) // CANCELED
	case age < d.Time/2:
		return "PENDING"
	case age < d.Time:
		return "STARTED"
	}
	return outcome
}

func jobWire(c *graphql.Call, r *records.Document, status string) map[string]any {
	data := r.Wire()
	data["status"] = status
	data["createdBy"] = c.User.Wire()
	return data
}

// sheet writes rows as a CSV file.
func sheet(rows [][]string) ([]byte, error) {
	var file bytes.Buffer
	writer := csv.NewWriter(&file)
	writer.Comma = ';'
	if err := writer.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write a sheet: %w", err)
	}
	return file.Bytes(), nil
}
