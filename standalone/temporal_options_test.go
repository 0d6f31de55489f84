package main

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

func TestTemporalOptions(t *testing.T) {
	const good = "postgres://sluss:secret@127.0.0.1:5432/postgres"
	for name, c := range map[string]struct {
		options TemporalOptions
		want    []string // one part of every fault
	}{
		"least":         {TemporalOptions{PostgresURL: good}, nil},
		"no database":   {TemporalOptions{PostgresURL: "postgres://sluss@127.0.0.1"}, nil},
		"nothing":       {TemporalOptions{}, []string{`PostgreSQL URL "" is incomplete`}},
		"no user":       {TemporalOptions{PostgresURL: "postgres://127.0.0.1/"}, []string{"is incomplete"}},
		"other scheme":  {TemporalOptions{PostgresURL: "mysql://sluss:secret@127.0.0.1/"}, []string{"is incomplete"}},
		"unreadable":    {TemporalOptions{PostgresURL: "postgres://sluss:secret%@127.0.0.1/"}, []string{"cannot be read"}},
		"several":       {TemporalOptions{PostgresURL: good, IP: "localhost", UIPort: 70000, CodecEndpoint: "codec"}, []string{"IP", "70000 is not a port", "codec"}},
		"negative time": {TemporalOptions{PostgresURL: good, Retention: -time.Hour}, []string{"retention"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.options.withDefaults().validate()
			var faults []string
			if err != nil {
				faults = strings.Split(err.Error(), "\n")
			}
			if len(faults) != len(c.want) {
				t.Fatalf("faults %q, want %d", faults, len(c.want))
			}
			for i, part := range c.want {
				if !strings.Contains(faults[i], part) {
					t.Errorf("fault %q does not speak of %q", faults[i], part)
				}
			}
			if strings.Contains(strings.Join(faults, ""), "secret") {
				t.Errorf("faults tell the password: %q", faults)
			}
		})
	}
}

func TestAddSearchAttributes(t *testing.T) {
	const keyword, integer = enumspb.INDEXED_VALUE_TYPE_KEYWORD, enumspb.INDEXED_VALUE_TYPE_INT
	keywords := map[string]enumspb.IndexedValueType{}
	for i := range 11 {
		keywords[fmt.Sprintf("Word%02d", i)] = keyword
	}
	for name, c := range map[string]struct {
		there  map[string]string
		wanted map[string]enumspb.IndexedValueType
		column string // of "Stage"
		fault  string
	}{
		"first":      {map[string]string{}, map[string]enumspb.IndexedValueType{"Stage": keyword}, "Keyword01", ""},
		"next":       {map[string]string{"Keyword01": "Country"}, map[string]enumspb.IndexedValueType{"Stage": keyword}, "Keyword02", ""},
		"there":      {map[string]string{"Keyword05": "Stage"}, map[string]enumspb.IndexedValueType{"Stage": keyword}, "Keyword05", ""},
		"other type": {map[string]string{"Keyword05": "Stage"}, map[string]enumspb.IndexedValueType{"Stage": integer}, "Keyword05", "is a Keyword, not a Int"},
		"reserved":   {map[string]string{}, map[string]enumspb.IndexedValueType{"WorkflowId": keyword}, "", "belongs to Temporal"},
		"too many":   {map[string]string{}, keywords, "", `"Word10": no column is left`},
	} {
		t.Run(name, func(t *testing.T) {
			err := addSearchAttributes(c.there, c.wanted)
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("fault %v, want %q", err, c.fault)
			}
			if c.column != "" && c.there[c.column] != "Stage" {
				t.Errorf("columns %v, want Stage in %s", c.there, c.column)
			}
		})
	}
}

func TestChoosePorts(t *testing.T) {
	options := TemporalOptions{}.withDefaults()
	chosen, err := choosePorts(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	distinct := map[int]bool{}
	for _, port := range []int{chosen.frontend, chosen.history, chosen.matching, chosen.worker} {
		distinct[port] = true
	}
	if len(distinct) != 4 || distinct[0] {
		t.Errorf("ports %+v", chosen)
	}

	var config net.ListenConfig
	taken, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	options.FrontendPort = taken.Addr().(*net.TCPAddr).Port
	if _, err := choosePorts(t.Context(), options); err == nil || !strings.Contains(err.Error(), "give another one or 0") {
		t.Errorf("a taken port: %v", err)
	}
}
