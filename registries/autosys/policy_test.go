package autosys_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

func configured(t *testing.T, text string) autosys.PolicyConfig {
	t.Helper()
	var c autosys.Config
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c.Policy
}

const policies = `
policy:
  default:
    inspection: warn
    restriction: ignore
    may_override: [officer, transporter]
  tenants:
    north:
      status: warn
      withheld: stop
      may_override: []
    south:
      inspection: stop
    default:
      several-hits: stop
      withheld: stop
`

// A tenant's policy applies to that tenant only; it overrides the policy for all
// tenants, which overrides the default.
func TestPolicyOfEachTenant(t *testing.T) {
	o := open(t, sim.Options{})
	client, err := autosys.New(autosys.Options{BaseURL: httptestURL(t, o.Registry), Key: testKey, Now: func() time.Time { return today }, Policy: configured(t, policies)})
	if err != nil {
		t.Fatal(err)
	}
	both := []sluss.Role{sluss.Officer, sluss.Transporter}
	for _, test := range []struct {
		tenant, plate string
		verdict       sluss.Verdict
		override      []sluss.Role
	}{
		{"", "TS20001", sluss.Warning, nil},      // overdue
		{"east", "TS20001", sluss.Warning, nil},  // named nowhere
		{"south", "TS20001", sluss.Stop, both},   // its own level, inherited roles
		{"north", "TS20001", sluss.Warning, nil}, // inherited
		{"", "TS20002", sluss.Stop, both},        // de-registered
		{"north", "TS20002", sluss.Warning, nil},
		{"east", "TS20004", sluss.Warning, nil}, // withheld
		{"", "TS20004", sluss.Stop, both},       // who names no tenant is the tenant default
		{"north", "TS20004", sluss.Stop, nil},
		{"north", "TS10003", sluss.Clear, nil},
	} {
		s := submission(lorry(test.plate))
		s.Content.Declaration.Tenant = test.tenant
		got, _, err := client.Submit(t.Context(), s)
		if err != nil || got.Clearance == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		if c := got.Clearance; c.Verdict != test.verdict || !slices.Equal(c.OverrideBy, test.override) || (got.Kind == sluss.Rejected) != (test.verdict == sluss.Stop) {
			t.Errorf("%q, %s: %s, %s, %v, want %s, %v", test.tenant, test.plate, got.Kind, c.Verdict, c.OverrideBy, test.verdict, test.override)
		}
	}
	got, _, err := open(t, sim.Options{}).Submit(t.Context(), submission(lorry("TS20001")))
	if err != nil || !slices.Equal(got.Clearance.OverrideBy, []sluss.Role{sluss.Officer}) {
		t.Errorf("without a policy: %+v, %v", got.Clearance, err)
	}
}

// Concerns about values that are near a limit, or missing, can be set to refuse or to be ignored.
func TestLevels(t *testing.T) {
	hidden := fleet(truck(withADR()))
	tank := autosys.Load{Leg: 1, Mass: 13_000 * sluss.Kilogram, DangerousInTank: true, Foreign: 1}
	for text, want := range map[string]sluss.Verdict{
		"{}": sluss.Warning,
		"{policy: {default: {payload-near: ignore, adr-unknown: ignore}}}":                                              sluss.Clear,
		"{policy: {default: {payload-near: stop}}}":                                                                     sluss.Stop,
		"{policy: {default: {adr-unknown: stop}}}":                                                                      sluss.Stop,
		"{policy: {default: {payload-near: ignore, adr-unknown: ignore, foreign: warn}}}":                               sluss.Warning,
		"{policy: {default: {payload-near: ignore, adr-unknown: ignore, adr-tank-unknown: stop}}}":                      sluss.Stop,
		"{policy: {default: {payload-near: ignore, adr-unknown: ignore, train-weight-unknown: stop, foreign: ignore}}}": sluss.Clear, // one lorry is no train
	} {
		if got := cleared(t, text, tank, hidden); got.Verdict != want {
			t.Errorf("%s: %s, %+v, want %s", text, got.Verdict, got.Reasons, want)
		}
	}
	// Packaged goods need no approval, whatever the policy says of those that do.
	packed := autosys.Load{Leg: 1, Mass: 1_000 * sluss.Kilogram, UN: "UN 1993"}
	if got := cleared(t, "{policy: {default: {adr: stop, adr-unknown: stop, adr-tank-unknown: stop}}}", packed, hidden); got.Verdict != sluss.Clear {
		t.Errorf("packaged goods: %+v", got)
	}
	noTrain := fleet(truck(withWeights(autosys.Weights{Kerb: new(autosys.Kg(12_000)), Payload: new(autosys.Kg(14_000))})), semi())
	if got := cleared(t, "{policy: {default: {train-weight-unknown: stop}}}", packed, noTrain); codes(got.Reasons) != "waste.mass "+train {
		t.Errorf("no train weight: %+v", got)
	}
}

func cleared(t *testing.T, text string, load autosys.Load, checked []autosys.Checked) sluss.Clearance {
	t.Helper()
	policy, err := configured(t, text).For("north")
	if err != nil {
		t.Fatal(err)
	}
	return policy.Clear(load, today, checked)
}

func TestPolicyTellsAllFaultsAtOnce(t *testing.T) {
	t.Setenv(autosys.KeyVariable, "")
	wrong := configured(t, `
policy:
  default:
    status: ignore
    inspektion: stop
    payload: perhaps
    may_override: [boss]
  tenants:
    "no/rth":
      withheld: ignore
`)
	_, _, err := autosys.Config{Policy: wrong}.Open()
	if err == nil {
		t.Fatal("opened")
	}
	for _, want := range []string{
		"base_url is missing", "the API key is missing",
		"policy.default.status: it cannot be ignored", "policy.default.inspektion: there is no such concern",
		`policy.default.payload is "perhaps": use stop, warn or ignore`, `policy.default.may_override: there is no role "boss"`,
		"policy.tenants.no/rth: a tenant cannot have that name", "policy.tenants.no/rth.withheld: it cannot be ignored",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
}

// Concerns that the registry raises against a vehicle can be lowered, but never hidden.
func TestWhatCannotBeIgnored(t *testing.T) {
	for _, concern := range []string{
		"unknown-vehicle", "not-a-plate", "withheld", "other-vehicle", "several-hits", "unanswered", "unreadable", "status",
		"status-unknown", "inspection", "category", "payload", "total-weight", "train-weight", "trailer-weight", "adr",
	} {
		entry := func(level autosys.Level) autosys.PolicyConfig {
			return autosys.PolicyConfig{Default: autosys.PolicyEntry{Levels: map[string]autosys.Level{concern: level}}}
		}
		if _, err := entry("ignore").For(""); err == nil {
			t.Errorf("%s can be ignored", concern)
		}
		for _, level := range []autosys.Level{"warn", "stop"} {
			if _, err := entry(level).For(""); err != nil {
				t.Errorf("%s: %v", concern, err)
			}
		}
	}
}

// The README has every concern, and its example of a configuration is valid.
func TestReadmeTellsThePolicy(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	var example struct {
		Registries struct {
			Autosys autosys.Config `yaml:"autosys"`
		} `yaml:"registries"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(block))
	decoder.KnownFields(true)
	if err := decoder.Decode(&example); err != nil {
		t.Fatal(err)
	}
	if _, err := example.Registries.Autosys.Policy.For("north"); err != nil || len(example.Registries.Autosys.Policy.Tenants) != 2 {
		t.Errorf("%+v, %v", example, err)
	}
	_, err = autosys.PolicyConfig{Default: autosys.PolicyEntry{Levels: map[string]autosys.Level{"?": "warn"}}}.For("")
	_, names, found := strings.Cut(err.Error(), "one of [")
	all := strings.Fields(strings.TrimRight(names, "]"))
	if !found || len(all) < 20 {
		t.Fatalf("the concerns are not listed in: %v", err)
	}
	for _, name := range all {
		_, row, told := strings.Cut(string(text), "\n| `"+name+"` | ")
		mildest := "warn"
		if _, err := (autosys.PolicyConfig{Default: autosys.PolicyEntry{Levels: map[string]autosys.Level{name: "warn"}}}).For(""); err != nil {
			mildest = "stop"
		} else if _, err := (autosys.PolicyConfig{Default: autosys.PolicyEntry{Levels: map[string]autosys.Level{name: "ignore"}}}).For(""); err == nil {
			mildest = "ignore"
		}
		if _, rest, _ := strings.Cut(row, " | "); !told || !strings.HasPrefix(rest, mildest+" |") {
			t.Errorf("the README does not tell of %s, or not that its mildest level is %s", name, mildest)
		}
	}
}
