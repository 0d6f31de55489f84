package avfallsregistret

import "testing"

func TestTablesAreWhole(t *testing.T) {
	levels := map[int]int{}
	hazardous := 0
	for _, w := range wasteBefore() {
		levels[len(w.code)]++
		if w.hazardous {
			hazardous++
		}
	}
	if levels[2] != 20 || levels[4] != 111 || levels[6] != 842 || hazardous != 408 {
		t.Errorf("waste codes by digits %v, %d hazardous; want 20, 111, 842 and 408", levels, hazardous)
	}
	if n := len(municipalities()); n != 290 {
		t.Errorf("%d municipalities, want 290", n)
	}
	if n := len(countries()); n != 249 {
		t.Errorf("%d countries, want 249", n)
	}
	lines := 0
	for _, texts := range errorTexts() {
		lines += len(texts)
	}
	if lines != 243 {
		t.Errorf("%d lines of errors, want 243", lines)
	}
}

func TestBatteryCodesOf2026(t *testing.T) {
	options := Options{BatteryCodes: WithBatteryCodes}
	for code, hazardous := range map[string]bool{
		"160604": true, "160607": true, "160612": false, "160622": true, "160635": false, "191407": true, "191408": false,
		"200142": true, "200144": false,
	} {
		if got, found := options.findWaste(code); !found || got.hazardous != hazardous {
			t.Errorf("%s: found %t, hazardous %t, want %t", code, found, got.hazardous, hazardous)
		}
	}
	for _, code := range []string{"160605", "200133", "200134"} {
		if _, found := options.findWaste(code); found {
			t.Errorf("%s is still there", code)
		}
	}
	if got, _ := (Options{}).findWaste("160604"); got.hazardous {
		t.Error("the list before the change was changed with it")
	}
}
