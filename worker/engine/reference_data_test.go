package engine

import (
	"bytes"
	"log/slog"
	"slices"
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
	for _, name := range sluss.Registries() {
		if has := sources(acts)[name] != nil; has != slices.Contains(sluss.WatchedRegistries(), name) {
			t.Errorf("registry.go: what is watched at %s is %q, but that its client can check it is %t", name, sluss.RegistryOf(name).Watched, has)
		}
	}
	var log bytes.Buffer
	acts.Log = slog.New(slog.NewTextHandler(&log, nil))
	acts.Registries[sluss.Avfallsregistret] = old{}
	warnOfCertificates(acts)
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "the certificate ends on") {
		t.Errorf("logged %q", text)
	}
}
