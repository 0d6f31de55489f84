package companies

import "testing"

func TestVATNumbers(t *testing.T) {
	for vat, want := range map[string]bool{
		"DE136695976": true, "DE136695977": false, "HR33392005961": true, "HR33392005962": false, "ATU13585627": true, "ATU13585626": false,
		"EE100931558": true, "EE100931557": false, "EL094259216": true, "EL094259217": false, "HU12892312": true, "HU12892313": false,
		"PT501964843": true, "PT501964842": false, "SI50223054": true, "SI50223055": false, "BE0541696005": true, "BE0541696006": false,
		"IE6433435F": true, "IT13029381004": true, "IT15294233240": false, "DE123": false, "": false,
	} {
		if IsVAT(vat) != want {
			t.Errorf("%s: %v", vat, !want)
		}
	}
}
