package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"

	"sluss"
	"sluss/config"
)

// recordable are batches whose histories, together, hold every branch of the
// workflows that the demo reaches.
var recordable = []string{"VO-2026-0103", "VO-2026-0104", "SOLV-2026-0009", "NO-2026-0042", "XB-2026-0003"}

// record writes the histories of the batches and their filings, with payloads in
// clear, for the replay tests: one file a workflow.
func (h *House) record(ctx context.Context, batches []sluss.Declaration, dir string) error {
	c, err := config.Load(h.ConfigFile)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	recorded := 0
	for _, d := range batches {
		if !slices.Contains(recordable, d.Reference) {
			continue
		}
		shown, err := h.Service.Show(ctx, d.ID())
		if err != nil {
			return err
		}
		ids := []string{d.ID()}
		for _, f := range shown.Filings {
			ids = append(ids, f.ID)
		}
		for _, id := range ids {
			history := &historypb.History{}
			events := h.Service.Temporal.GetWorkflowHistory(ctx, id, "", false, 0)
			for events.HasNext() {
				event, err := events.Next()
				if err != nil {
					return fmt.Errorf("history of %s: %w", id, err)
				}
				history.Events = append(history.Events, event)
			}
			if err := c.Temporal.Decrypt(ctx, history); err != nil {
				return fmt.Errorf("history of %s: %w", id, err)
			}
			data, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(history)
			if err != nil {
				return err
			}
			name := strings.NewReplacer("/", "_", "#", "-").Replace(id) + ".json"
			if err := os.WriteFile(filepath.Join(dir, name), append(data, '\n'), 0o644); err != nil {
				return err
			}
			recorded++
		}
	}
	say("recorded %d histories in %s", recorded, dir)
	return nil
}
