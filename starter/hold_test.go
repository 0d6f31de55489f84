package main

import (
	"strings"
	"testing"
)

func TestHoldSaysWhatItNeeds(t *testing.T) {
	opened(t)
	for args, want := range map[string]struct {
		code int
		text string
	}{
		"hold":                                                     {exitUsage, "FILING is missing"},
		"hold VO-1/se.transport#1 --by A":                          {exitUsage, "until when? give --until TIME"},
		"hold VO-1/se.transport#1 --until 23:00":                   {exitUsage, "why? give --reason REASON"},
		"hold VO-1/se.transport#1 --until tomorrow":                {exitUsage, "why?"},
		"hold VO-1/se.transport#1 --until x --reason y --by A":     {exitUsage, "is no time"},
		"hold VO-1/se.transport#1 --until 23:00 --reason y":        {exitUsage, "who does this?"},
		"hold VO-1/se.transport#1 --until 23:00 --reason y --by A": {exitRefused, "there is no such filing"},
		"release VO-1/se.transport#1":                              {exitUsage, "who does this?"},
		"release VO-1/se.transport#1 --by A":                       {exitRefused, "there is no such filing"},
	} {
		if code, out, errs := try(t, strings.Fields(args)...); code != want.code || out != "" || !strings.Contains(errs, want.text) {
			t.Errorf("%s: exit %d, %s%s; want %d and %q", args, code, out, errs, want.code, want.text)
		}
	}
}
