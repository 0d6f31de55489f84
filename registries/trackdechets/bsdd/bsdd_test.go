package bsdd

import (
	"strings"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// The words that we send are the contract's, and its statuses are known.
func TestWordsFitTheContract(t *testing.T) {
	schema, err := wire.Contract()
	if err != nil {
		t.Fatal(err)
	}
	defined := func(enumeration, value string) {
		t.Helper()
		if schema.Types[enumeration].EnumValues.ForName(value) == nil {
			t.Errorf("%s has no value %q", enumeration, value)
		}
	}
	for _, m := range []sluss.Mode{sluss.Road, sluss.Rail, sluss.Sea, sluss.Air, sluss.InlandWaterway, sluss.Pipeline} {
		defined("TransportMode", string(Mode(m)))
	}
	for _, m := range []string{"reuse", "recycling", "energy-recovery", "other", "elimination"} {
		defined("OperationMode", string(operationMode(m)))
	}
	for _, k := range []sluss.PackagingKind{sluss.Drum, sluss.IBC, sluss.Tank, sluss.Skip, sluss.OtherPackaging} {
		defined("Packagings", PackagingKind(k))
	}
	for _, c := range []sluss.Consistence{sluss.Solid, sluss.Liquid, sluss.Gaseous, sluss.Doughy} {
		defined("Consistence", strings.ToUpper(string(c)))
	}
	for _, estimated := range []bool{true, false} {
		defined("QuantityType", QuantityType(estimated))
	}
	for _, status := range schema.Types["FormStatus"].EnumValues {
		if _, known := Rank(status.Name); !known && status.Name != reasons.StatusCanceled {
			t.Errorf("the status %s is not known", status.Name)
		}
	}
}

func TestCodesAreSpacedAsTheRegistryWritesThem(t *testing.T) {
	for operation, want := range map[string]string{"R9": "R 9", "R13": "R 13", "D10": "D 10", "D9F": "D 9 F", "": "", "R": "R"} {
		if got := Operation(operation); got != want {
			t.Errorf("%q: %q, want %q", operation, got, want)
		}
	}
	for code, want := range map[string]string{"130205*": "13 02 05*", "010101": "01 01 01", "": "", "13": "13"} {
		if got := WasteCode(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestForeignTransporterIsNamedByVATNumber(t *testing.T) {
	for _, test := range []struct {
		party sluss.Party
		siret wire.Text
		vat   wire.Text
	}{
		{sluss.Party{ID: "00000000283374", Country: "FR", VAT: "FR40000000029"}, "00000000283374", ""},
		{sluss.Party{ID: "5560065087", Country: "SE", VAT: "SE556006508701"}, "", "SE556006508701"},
		{sluss.Party{ID: "DE123456789", Country: "DE"}, "", "DE123456789"},
	} {
		if got := CompanyOf(test.party); got.SIRET != test.siret || got.VATNumber != test.vat || string(got.Country) != test.party.Country {
			t.Errorf("%+v: %+v", test.party, got)
		}
	}
}
