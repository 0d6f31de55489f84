package documents

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"sluss"
)

func TestProposedBSVHU(t *testing.T) {
	parties := []string{
		"emitter.company.name", "emitter.company.siret", "emitter.company.address", "emitter.company.contact", "emitter.company.phone", "emitter.company.mail",
		"destination.type", "destination.plannedOperationCode", "destination.company.name", "destination.company.siret", "destination.company.address",
		"destination.company.contact", "destination.company.phone", "destination.company.mail",
	}
	car := sluss.VehicleFacts{Status: "de-registered", Category: "M1", Kerb: 1_520 * sluss.Kilogram, HighVoltage: "no"}
	van := sluss.VehicleFacts{Position: 1, Status: "registered", Kerb: 2_085 * sluss.Kilogram, HighVoltage: "yes"}
	bare := sluss.VehicleFacts{Status: "unknown", HighVoltage: "unknown"}
	plate, chassis := sluss.Vehicle{Country: "NO", Plate: "TS20003"}, sluss.Vehicle{Country: "NO", VIN: "TESTSYNTHM1000001"}
	for name, test := range map[string]struct {
		wrecks  Wrecks
		want    string
		missing []string
		notes   int
	}{
		"one by its plate": {
			Wrecks{Vehicles: []sluss.Vehicle{plate}, Facts: []sluss.VehicleFacts{car}},
			`{"containsElectricOrHybridVehicles":false,"identification":{"numbers":["TS20003"],"type":"NUMERO_IMMATRICULATION"},"packaging":"UNITE","quantity":1,"wasteCode":"16 01 04*","weight":{"isEstimate":true,"value":1.52}}`,
			nil, 2,
		},
		"two, depolluted, one of them electric": {
			Wrecks{Vehicles: []sluss.Vehicle{plate, plate}, Facts: []sluss.VehicleFacts{car, van}, Depolluted: true},
			`{"containsElectricOrHybridVehicles":true,"identification":{"numbers":["TS20003","TS20003"],"type":"NUMERO_IMMATRICULATION"},"packaging":"UNITE","quantity":2,"wasteCode":"16 01 06","weight":{"isEstimate":true,"value":3.605}}`,
			nil, 3,
		},
		"by its chassis number": {
			Wrecks{Vehicles: []sluss.Vehicle{chassis}, Facts: []sluss.VehicleFacts{car}},
			`{"containsElectricOrHybridVehicles":false,"identification":{"numbers":["TESTSYNTHM1000001"]},"packaging":"UNITE","quantity":1,"wasteCode":"16 01 04*","weight":{"isEstimate":true,"value":1.52}}`,
			[]string{"identification.type"},
			3,
		},
		"with few data": {
			Wrecks{Vehicles: []sluss.Vehicle{plate}, Facts: []sluss.VehicleFacts{bare}},
			`{"identification":{"numbers":["TS20003"],"type":"NUMERO_IMMATRICULATION"},"packaging":"UNITE","quantity":1,"wasteCode":"16 01 04*"}`,
			[]string{"containsElectricOrHybridVehicles", "weight.value"},
			1,
		},
		"one that the registry does not tell of": {
			Wrecks{Vehicles: []sluss.Vehicle{plate, chassis}, Facts: []sluss.VehicleFacts{car}},
			`{"identification":{"numbers":["TS20003","TESTSYNTHM1000001"]},"packaging":"UNITE","quantity":2,"wasteCode":"16 01 04*"}`,
			[]string{"containsElectricOrHybridVehicles", "weight.value", "identification.type"},
			3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := ProposeBSVHU(test.wrecks)
			raw, err := json.Marshal(p.Content)
			must(t, err)
			if string(raw) != test.want {
				t.Errorf("%s\nwant\n%s", raw, test.want)
			}
			var got []string
			for _, f := range p.Missing {
				got = append(got, f.Field)
			}
			want := slices.Concat(test.missing, parties)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("missing %v\nwant %v", got, want)
			}
			if len(p.Notes) != test.notes {
				t.Errorf("%s", strings.Join(p.Notes, "\n"))
			}
			if _, faults := fitted("BsvhuInput", p.Content); len(faults) > 0 {
				t.Errorf("%v", faults)
			}
		})
	}
}

// What is proposed, completed by the parties, is signed.
func TestProposedBSVHUIsTaken(t *testing.T) {
	r := newRegistry(t)
	p := ProposeBSVHU(Wrecks{
		Vehicles: []sluss.Vehicle{{Country: "NO", Plate: "TS20003"}},
		Facts:    []sluss.VehicleFacts{{Status: "scrapped", Kerb: 1_520 * sluss.Kilogram, HighVoltage: "yes"}},
	})
	parties := wreck()
	for _, proposed := range []string{"wasteCode", "packaging", "quantity", "identification", "weight"} {
		delete(parties, proposed)
	}
	maps.Copy(p.Content, parties)
	if missing := BSVHU.Missing(p.Content, Emission); len(missing) > 0 {
		t.Errorf("%v", missing)
	}
	o, e, err := r.client.Create(t.Context(), producerID, Creation{Kind: BSVHU, Reference: "CAR-1", Content: p.Content})
	d := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	o, e, err = r.client.Sign(t.Context(), producerID, d, Signature{Stage: Emission, By: "Jean"})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
}
