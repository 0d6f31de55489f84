package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"sluss/config"
	"sluss/workflows"
)

// findTemporal starts a Temporal service with its UI, unless there is one
// elsewhere; and the codec, if the UI is known.
func (h *Installation) findTemporal(ctx context.Context, o Options, c *config.Config, log *slog.Logger) error {
	began := time.Now()
	codec, codecURL, err := h.reserve(ctx, o.IP, o.port(codecPort))
	if err != nil {
		return fmt.Errorf("the codec: %w", err)
	}
	attributes := map[string]enumspb.IndexedValueType{}
	for _, key := range workflows.SearchAttributes() {
		attributes[key.GetName()] = key.GetValueType()
	}
	if c.Temporal.Address == "" {
		h.temporal, err = StartTemporal(ctx, TemporalOptions{
			PostgresURL: c.Database, IP: o.IP, FrontendPort: o.port(temporalPort), UIPort: o.port(uiPort), Namespace: c.Temporal.Namespace,
			SearchAttributes: attributes, CodecEndpoint: codecURL, Hosts: slices.Concat(c.Hosts, []string{hostOf(c.Temporal.UI)}), Logger: log,
		})
		if err != nil {
			return errors.Join(err, codec.Close())
		}
		c.Temporal.Address, h.UIURL = h.temporal.Address(), h.temporal.UIURL()
		o.Say("Temporal and its UI are ready (%s)", since(began))
	} else {
		if err := checkTemporal(ctx, c.WithDefaults().Temporal, attributes, log); err != nil {
			return errors.Join(err, codec.Close())
		}
		o.Say("Temporal is at %s, as configured", c.Temporal.Address)
	}
	if c.Temporal.UI == "" {
		c.Temporal.UI = h.UIURL
	}
	h.UIURL = strings.TrimSuffix(c.Temporal.UI, "/")
	if h.UIURL == "" {
		return codec.Close()
	}
	handler, err := c.Temporal.CodecHandler(h.UIURL, c.Hosts...)
	if err != nil {
		return errors.Join(err, codec.Close())
	}
	h.start(codec, handler)
	if h.temporal == nil {
		o.Say("the codec for its UI is at %s: name it there under \"codec server\"", codecURL)
	}
	return nil
}

// checkTemporal returns what a configured Temporal service lacks.
func checkTemporal(ctx context.Context, t config.Temporal, attributes map[string]enumspb.IndexedValueType, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	client, err := t.Dial(ctx, log)
	if err != nil {
		return err
	}
	defer client.Close()
	var conditions []string
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		conditions = append(conditions, "`"+name+"` is null")
	}
	_, err = client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: t.Namespace, Query: strings.Join(conditions, " and ")})
	if err == nil {
		return nil
	}
	if _, missing := errors.AsType[*serviceerror.NamespaceNotFound](err); missing {
		return fmt.Errorf("the Temporal service at %s has no namespace %s: create it as deploy/temporal-setup.sh does, or set temporal.namespace", t.Address, t.Namespace)
	}
	return fmt.Errorf("the namespace %s at %s must have the search attributes %s, as deploy/temporal-setup.sh creates them: %w",
		t.Namespace, t.Address, strings.Join(slices.Sorted(maps.Keys(attributes)), ", "), err)
}
