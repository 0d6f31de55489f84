package sluss

import (
	"strings"
	"testing"
	"time"
)

func TestTheTimeOfAnActIsNeitherToComeNorBeforeWhatItIsAbout(t *testing.T) {
	zone := time.FixedZone("", 3600)
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	since := now.Add(-48 * time.Hour)
	for _, test := range []struct {
		at, since time.Time
		want      string
	}{
		{now, since, ""},
		{now.Add(4 * time.Minute), since, ""},
		{since, since, ""},
		{since.Add(-4 * time.Minute), since, ""},
		{now.AddDate(0, -11, 0), time.Time{}, ""},
		{time.Time{}, since, "at: the time is missing"},
		{now.Add(6 * time.Minute).In(zone), since, "at: 2026-11-23T13:06:00+01:00 is in the future (give the time when it happened; it is now 2026-11-23T13:00:00+01:00)"},
		{time.Date(2099, 1, 1, 0, 0, 0, 0, zone), since, "is in the future"},
		{since.Add(-6 * time.Minute), since, "at: 2026-11-21T11:54:00Z is before what it is about, which began at 2026-11-21T12:00:00Z"},
		{time.Date(1900, 1, 1, 0, 0, 0, 0, zone), since, "is before"},
		{time.Date(1900, 1, 1, 0, 0, 0, 0, zone), time.Time{}, "is before"},
	} {
		faults := CheckActTime("at", test.at, test.since, now)
		if (test.want == "") != (len(faults) == 0) || test.want != "" && (!strings.Contains(faults.Error(), test.want) || faults[0].Remedy == "") {
			t.Errorf("%s since %s: %v, want %q", test.at, test.since, faults, test.want)
		}
	}
	c := Content{Events: []Event{{Kind: Produced, At: now}, {Kind: PickedUp, At: since}}}
	if !c.Began().Equal(since) || !(Content{}).Began().IsZero() {
		t.Errorf("began %s", c.Began())
	}
}
