// Package registries lists the government registries that Sluss files to. A
// further one is a folder beside these, and a line in each list here.
package registries

import (
	"context"
	"errors"
	"fmt"

	"sluss"
	"sluss/quota"
	"sluss/registries/autosys"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets"
)

// Config is the part `registries` of the configuration; a registry that is not
// named is not served.
type Config struct {
	Avfallsregistret *avfallsregistret.Config `yaml:"avfallsregistret"`
	Trackdechets     *trackdechets.Config     `yaml:"trackdechets"`
	Autosys          *autosys.Config          `yaml:"autosys"`
}

// Client is one registry's client; package activities says what it promises.
type Client interface {
	Calls(ctx context.Context, content sluss.Content) (int, error)
	Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
	Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
}

// Registry is a client with what the registry allows.
type Registry struct {
	Name   string
	Client Client
	Limits []quota.Limit
}

// Open opens what is configured, in a fixed order. The error holds what is
// wrong with each.
func Open(c Config) ([]Registry, error) {
	var opened []Registry
	var wrong []error
	add := func(name string, open func() (Client, []quota.Limit, error)) {
		client, limits, err := open()
		if err != nil {
			wrong = append(wrong, fmt.Errorf("registries.%s: %w", name, err))
			return
		}
		opened = append(opened, Registry{Name: name, Client: client, Limits: limits})
	}
	if c.Avfallsregistret != nil {
		add(sluss.Avfallsregistret, func() (Client, []quota.Limit, error) { return c.Avfallsregistret.Open() })
	}
	if c.Trackdechets != nil {
		add(sluss.Trackdechets, func() (Client, []quota.Limit, error) { return c.Trackdechets.Open() })
	}
	if c.Autosys != nil {
		add(sluss.Autosys, func() (Client, []quota.Limit, error) { return c.Autosys.Open() })
	}
	return opened, errors.Join(wrong...)
}
