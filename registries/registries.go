// Package registries lists the government registries that Sluss files to. CONTRIBUTING.md
// lists what to do to add one.
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

// Client is one registry's client; package activities says what it must do.
type Client interface {
	Calls(ctx context.Context, content sluss.Content) (int, error)
	Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
	Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
}

// Registry is a client with what the registry allows.
type Registry struct {
	Name   string
	Client Client
	Quota  quota.Quota
}

// Open opens what is configured, in a fixed order. The vehicle registry's answers
// are kept in the memory. The error holds what is wrong with each.
func Open(c Config, memory autosys.Memory) ([]Registry, error) {
	var opened []Registry
	var wrong []error
	add := func(name string, reserve int, open func() (Client, []quota.Limit, error)) {
		client, limits, err := open()
		terms := quota.Quota{Limits: limits, Reserve: reserve}
		if err == nil {
			err = terms.Check()
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("registries.%s: %w", name, err))
			return
		}
		opened = append(opened, Registry{Name: name, Client: client, Quota: terms})
	}
	if c.Avfallsregistret != nil {
		add(sluss.Avfallsregistret, 0, func() (Client, []quota.Limit, error) { return c.Avfallsregistret.Open() })
	}
	if c.Trackdechets != nil {
		add(sluss.Trackdechets, 0, func() (Client, []quota.Limit, error) { return c.Trackdechets.Open() })
	}
	if c.Autosys != nil {
		add(sluss.Autosys, c.Autosys.Reserve, func() (Client, []quota.Limit, error) {
			client, limits, err := c.Autosys.Open()
			if err != nil {
				return nil, nil, err
			}
			return client.Remembering(memory), limits, nil
		})
	}
	return opened, errors.Join(wrong...)
}
