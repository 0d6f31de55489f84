package bsdd

import (
	"strings"

	"sluss"
	"sluss/registries/trackdechets/wire"
)

// Our words in the registry's.

// Mode is a mode of transport.
func Mode(m sluss.Mode) wire.Text {
	return map[sluss.Mode]wire.Text{
		sluss.Road: "ROAD", sluss.Rail: "RAIL", sluss.Sea: "SEA", sluss.Air: "AIR", sluss.InlandWaterway: "RIVER", sluss.Pipeline: "OTHER",
	}[m]
}

// operationMode is how a treatment is carried out.
func operationMode(m string) wire.Text {
	return map[string]wire.Text{
		"reuse": "REUTILISATION", "recycling": "RECYCLAGE", "energy-recovery": "VALORISATION_ENERGETIQUE",
		"other": "AUTRES_VALORISATIONS", "elimination": "ELIMINATION",
	}[m]
}

// PackagingKind is a kind of packaging.
func PackagingKind(k sluss.PackagingKind) string {
	kinds := map[sluss.PackagingKind]string{sluss.Drum: "FUT", sluss.IBC: "GRV", sluss.Tank: "CITERNE", sluss.Skip: "BENNE"}
	if kind, known := kinds[k]; known {
		return kind
	}
	return "AUTRE"
}

func packagings(all []sluss.Packaging) []wire.Packaging {
	told := []wire.Packaging{}
	for _, p := range all {
		told = append(told, wire.Packaging{Type: PackagingKind(p.Kind), Other: wire.Text(p.Other), Quantity: p.Count})
	}
	return told
}

// QuantityType tells whether a mass is estimated.
func QuantityType(estimated bool) string {
	if estimated {
		return "ESTIMATED"
	}
	return "REAL"
}

// Plates are those of a leg's vehicles.
func Plates(l sluss.Leg) wire.Text {
	var all []string
	for _, v := range l.Vehicles {
		if plate := strings.TrimSpace(v.Plate); plate != "" {
			all = append(all, plate)
		}
	}
	return wire.Text(strings.Join(all, ", "))
}

// Operation writes an operation as the registry does: R9 is "R 9", D9F is "D 9 F".
func Operation(code string) string {
	if len(code) < 2 {
		return code
	}
	number, final := strings.CutSuffix(code[1:], "F")
	if final {
		number += " F"
	}
	return code[:1] + " " + number
}

// WasteCode writes a waste code as the registry does: 130205* is "13 02 05*".
func WasteCode(code string) string {
	if len(code) < 6 {
		return code
	}
	return code[:2] + " " + code[2:4] + " " + code[4:]
}

// Compact is an operation or a waste code of the registry in our words.
func Compact(code string) string { return strings.ReplaceAll(code, " ", "") }

func isDangerous(code string) bool { return strings.HasSuffix(code, "*") }

// Groups tells an operation after which waste goes on: it only groups or stores.
func Groups(code string) bool {
	switch code {
	case "R12", "R13", "D9", "D13", "D14", "D15":
		return true
	}
	return false
}
