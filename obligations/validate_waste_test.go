package obligations

import (
	"fmt"
	"testing"
)

// The battery codes that change on 9 December 2026, on the last day before and
// on the day itself.
func TestBatteryCodesByDate(t *testing.T) {
	const none, harmless, hazardous = "none", "harmless", "hazardous"
	type standing struct{ until, from string }
	want := map[string]standing{
		"160604": {harmless, hazardous}, "160605": {harmless, none}, "200133": {hazardous, none}, "200134": {harmless, none},
		"160601": {hazardous, hazardous}, "130205": {hazardous, hazardous}, // as ever
		"160612": {none, harmless}, "160615": {none, harmless}, "191408": {none, harmless}, "200144": {none, harmless},
		"160616": {none, none}, "160621": {none, none}, "160636": {none, none}, "191409": {none, none},
	}
	for _, code := range []int{160607, 160608, 160609, 160610, 160611, 160613, 160614, 191401, 191402, 191403, 191404, 191405, 191406, 191407, 200142, 200143} {
		want[fmt.Sprint(code)] = standing{none, hazardous}
	}
	for code := 160622; code <= 160635; code++ {
		want[fmt.Sprint(code)] = standing{none, []string{hazardous, harmless}[code%2]}
	}
	for code, w := range want {
		for day, want := range map[string]string{"2026-12-08": w.until, "2026-12-09": w.from} {
			got := none
			if isHazardous, known := codeOn(code, day); isHazardous {
				got = hazardous
			} else if known {
				got = harmless
			}
			if got != want {
				t.Errorf("%s on %s is %s, want %s", code, day, got, want)
			}
		}
	}
}
