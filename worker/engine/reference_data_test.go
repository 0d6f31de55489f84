package engine

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/registries/autosys"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets"
)

// old has a certificate that ends soon.
type old struct{ *avfallsregistret.Client }

func (old) CertificateEnds() time.Time { return time.Now().AddDate(0, 0, 10) }

func TestRegistriesWithListsAreChecked(t *testing.T) {
	acts := &activities.Activities{Registries: map[string]activities.Registry{
		sluss.Avfallsregistret: (*avfallsregistret.Client)(nil), sluss.Trackdechets: trackdechets.New(trackdechets.Options{}), sluss.Autosys: (*autosys.Client)(nil),
	}}
	if found := sources(acts); len(found) != 2 || found[sluss.Avfallsregistret] == nil || found[sluss.Trackdechets] == nil {
		t.Errorf("found %v", found)
	}
	var log bytes.Buffer
	acts.Log = slog.New(slog.NewTextHandler(&log, nil))
	acts.Registries[sluss.Avfallsregistret] = old{}
	warnOfCertificates(acts)
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "the certificate ends on") {
		t.Errorf("logged %q", text)
	}
}
