package main

import (
	"strings"
	"testing"

	"sluss"
	"sluss/service"
)

// A copy is declared as it is written: like the batch, under its own reference.
func TestCopy(t *testing.T) {
	l := opened(t)
	d := example(t, "fr-regrouping-whole.json", "", "RG-1")
	produced(t, l, d)
	code, out, errs := try(t, "copy", "RG-1", "RG-2", "waste.mass=1800", "legs.0.departure=2031-12-01T08:00:00+01:00")
	if code != exitOK {
		t.Fatalf("exit %d, %s", code, errs)
	}
	copied, err := service.ReadDeclaration([]byte(out))
	must(t, err)
	d.Tenant, d.Reference, d.Predecessors, d.Waste.Mass = sluss.DefaultTenant, "RG-2", nil, 1_800*sluss.Kilogram
	d.Legs[0].Departure = copied.Legs[0].Departure
	if copied.Hash() != d.Hash() || copied.Legs[0].Departure.Format("2006-01-02") != "2031-12-01" {
		t.Errorf("%s", out)
	}
	for args, want := range map[string]struct {
		code int
		text string
	}{
		"copy RG-1":                            {exitUsage, "REFERENCE is missing"},
		"copy RG-9 RG-2":                       {exitRefused, "there is no such batch"},
		"copy RG-1 RG-2 waste.mass":            {exitUsage, "is not path=value"},
		"copy RG-1 RG-2 waste.mass=heavy":      {exitRefused, "waste.mass"},
		"copy RG-1 RG-2 waste.weight=1 --json": {exitRefused, "there is no field"},
	} {
		if code, _, errs := try(t, strings.Fields(args)...); code != want.code || !strings.Contains(errs, want.text) {
			t.Errorf("%s: exit %d, %s; want %d and %q", args, code, errs, want.code, want.text)
		}
	}
}
