package avfallsregistret

import (
	"regexp"
	"slices"
	"strconv"
)

var (
	treatmentPattern = regexp.MustCompile(`^([RD])(\d{1,2})$`)
	letterPattern    = regexp.MustCompile(`^[A-Z]$`)
	twoDigits        = regexp.MustCompile(`^\d{2}$`)
)

// lastOf is the highest number of the recovery and disposal methods (annexes 1 and 2).
var lastOf = map[string]int{"R": 13, "D": 15}

func treatments(c *check, name string) {
	list, _ := c.body.get(name).([]any)
	if len(list) == 0 {
		c.add(5100)
		return
	}
	var seen []string
	for _, item := range list {
		treatment, _ := item.(object)
		code, _ := treatment.text("kod")
		sub, _ := treatment.text("underkod")
		c.treatment(treatment, code, sub)
		if slices.Contains(seen, code+sub) {
			c.add(5102)
		}
		seen = append(seen, code+sub)
	}
}

func (c *check) treatment(treatment object, code, sub string) {
	if !treatment.has("kod") {
		c.add(1147)
		return
	}
	parts := treatmentPattern.FindStringSubmatch(code)
	if parts == nil {
		if code != "" && code[0] != 'R' && code[0] != 'D' {
			c.add(1145)
			return
		}
		c.add(1146)
		return
	}
	if n, _ := strconv.Atoi(parts[2]); n < 1 || n > lastOf[parts[1]] || parts[2][0] == '0' {
		c.add(1148)
		return
	}
	switch letters := c.options.SubCodes[code]; {
	case !treatment.has("underkod"):
		if letters != "" && c.options.SubCodeRequired {
			c.add(4063)
		}
	case !letterPattern.MatchString(sub):
		c.add(4061)
	case !slices.Contains([]byte(letters), sub[0]):
		c.add(4062)
	}
}

// resultQuantity must be given unless the other quantity is.
func resultQuantity(other string, notAbove, bad int) rule {
	return func(c *check, name string) {
		switch state, _ := kilograms(c.body.get(name)); state {
		case absentQuantity:
			if !c.body.has(other) {
				c.add(bad)
			}
		case notPositive:
			c.add(notAbove)
		case badQuantity:
			c.add(bad)
		case goodQuantity:
		}
	}
}

func recoveryCode(c *check, name string) {
	if !c.body.has(name) {
		return
	}
	code, _ := c.body.text(name)
	if !twoDigits.MatchString(code) {
		c.add(1511)
	} else if _, found := c.options.findRecovery(code); !found {
		c.add(1513)
	}
}

func (o Options) findRecovery(code string) (RecoveryType, bool) {
	for _, kind := range o.RecoveryTypes {
		if kind.Code == code {
			return kind, true
		}
	}
	return RecoveryType{}, false
}

// oilQuantity belongs to some types of recovery result; its codes are family for a bad value, then for a missing one,
// one not above 0 and one that must not be given.
func oilQuantity(family int, belongs func(RecoveryType) bool) rule {
	return func(c *check, name string) {
		code, _ := c.body.text("atervinningsresultattypkod")
		kind, _ := c.options.findRecovery(code)
		if !belongs(kind) {
			if c.body.has(name) {
				c.add(family + 3)
			}
			return
		}
		switch state, _ := kilograms(c.body.get(name)); state {
		case badQuantity:
			c.add(family)
		case absentQuantity:
			c.add(family + 1)
		case notPositive:
			c.add(family + 2)
		case goodQuantity:
		}
	}
}

func oilDetail(c *check, name string) {
	code, _ := c.body.text("atervinningsresultattypkod")
	kind, _ := c.options.findRecovery(code)
	switch {
	case !kind.OtherDetail && c.body.has(name):
		c.add(1563)
	case kind.OtherDetail:
		c.required(name, 1562, 1561, detailPattern)
	}
}

func reportYear(c *check, name string) {
	if !c.body.has(name) {
		c.add(5012)
	} else if year, ok := whole(c.body.get(name)); !ok || year < 2020 || year > c.now.Year() {
		c.add(5011)
	}
}

func reportQuarter(c *check, name string) {
	if !c.body.has(name) {
		c.add(5022)
	} else if quarter, ok := whole(c.body.get(name)); !ok || quarter < 1 || quarter > 4 {
		c.add(5021)
	}
}
