package sluss_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sluss/config"
	"sluss/registries"
	"sluss/workflows"
)

// compose is the part of docker-compose.yml that the tests check.
type compose struct {
	Services map[string]struct {
		Image       string
		Build       struct{ Context, Target string }
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
		NetworkMode string                                `yaml:"network_mode"`
		Ports       []string
		Volumes     []string
		Secrets     []string
		Healthcheck struct{ Test []string }
	}
	Volumes map[string]any
	Secrets map[string]any
}

func readCompose(t *testing.T) compose {
	t.Helper()
	data, err := os.ReadFile("docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) < 5 {
		t.Fatalf("read %d services only", len(c.Services))
	}
	return c
}

var (
	exactTag  = regexp.MustCompile(`^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9]+)?$`)
	stage     = regexp.MustCompile(`(?m)^FROM \S+ AS (\S+)$`)
	loopback  = "127.0.0.1:"
	ofService = "service:"
)

func TestComposeIsPinnedAndWhole(t *testing.T) {
	c := readCompose(t)
	dockerfile, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := map[string]bool{}
	for _, found := range stage.FindAllStringSubmatch(string(dockerfile), -1) {
		stages[found[1]] = true
	}
	for name, s := range c.Services {
		if !exactTag.MatchString(s.Image) {
			t.Errorf("%s: image %q is not pinned by an exact tag", name, s.Image)
		}
		if s.Build.Context != "" && !stages[s.Build.Target] {
			t.Errorf("%s: the Dockerfile has no target %q", name, s.Build.Target)
		}
		for other, d := range s.DependsOn {
			o, known := c.Services[other]
			if !known {
				t.Errorf("%s depends on %s, which is no service", name, other)
			}
			if d.Condition == "service_healthy" && len(o.Healthcheck.Test) == 0 {
				t.Errorf("%s waits until %s is healthy, which has no health check", name, other)
			}
		}
		if other, shared := strings.CutPrefix(s.NetworkMode, ofService); shared {
			if _, known := c.Services[other]; !known {
				t.Errorf("%s shares the network of %s, which is no service", name, other)
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, loopback) {
				t.Errorf("%s publishes %s: on loopback only, please", name, p)
			}
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if !strings.HasPrefix(source, ".") {
				if _, known := c.Volumes[source]; !known {
					t.Errorf("%s mounts the volume %s, which is not declared", name, source)
				}
			} else if _, err := os.Stat(filepath.FromSlash(source)); err != nil {
				t.Errorf("%s mounts a file that is not there: %v", name, err)
			}
		}
		for _, secret := range s.Secrets {
			if _, known := c.Secrets[secret]; !known {
				t.Errorf("%s wants the secret %s, which is not declared", name, secret)
			}
		}
	}
}

func TestDockerfileIsPinned(t *testing.T) {
	data, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, found := range regexp.MustCompile(`(?m)^ARG (\w+)=(\S+)$`).FindAllStringSubmatch(text, -1) {
		text = strings.ReplaceAll(text, "${"+found[1]+"}", found[2])
	}
	for _, found := range regexp.MustCompile(`(?m)^FROM (\S+:\S+)`).FindAllStringSubmatch(text, -1) {
		if !exactTag.MatchString(found[1]) {
			t.Errorf("the base image %q is not pinned by an exact tag", found[1])
		}
	}
	if len(stage.FindAllString(text, -1)) < 4 {
		t.Error("the Dockerfile has lost its stages")
	}
}

// TestComposeConfiguration reads the mounted configuration as strictly as a
// worker does.
func TestComposeConfiguration(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("deploy", "sluss.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	// The secrets are mounted in the container only.
	dir := t.TempDir()
	file, key := filepath.Join(dir, "sluss.yaml"), filepath.Join(dir, "encryption_key")
	text = []byte(strings.ReplaceAll(string(text), "/run/secrets/encryption_key", key))
	for name, content := range map[string][]byte{file: text, key: []byte(strings.Repeat("0f", 32))} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	var r registries.Config
	if err := c.ReadRegistries(&r); err != nil {
		t.Fatal(err)
	}
	if r.Avfallsregistret == nil || r.Trackdechets == nil || r.Autosys == nil {
		t.Errorf("a registry is missing: %+v", r)
	}
}

// TestTemporalSetupKnowsTheSearchAttributes, because a workflow that sets an unknown
// one does not go on.
func TestTemporalSetupKnowsTheSearchAttributes(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("deploy", "temporal-setup.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range workflows.SearchAttributes() {
		line := "add " + a.GetName() + " " + a.GetValueType().String() + "\n"
		if !strings.Contains(string(script), line) {
			t.Errorf("deploy/temporal-setup.sh lacks the line %q", line)
		}
	}
}
