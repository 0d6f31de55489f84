package autosys

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"sluss"
)

// Concern is one thing that can speak against the vehicles of a load, by its name in the configuration.
type Concern string

// Level is what a concern does to the verdict: stop, warn or ignore.
type Level string

const (
	stop   Level = "stop"
	warn   Level = "warn"
	ignore Level = "ignore"
)

const (
	unknownVehicle     Concern = "unknown-vehicle"
	notAPlate          Concern = "not-a-plate"
	withheldData       Concern = "withheld"
	otherVehicle       Concern = "other-vehicle"
	severalHits        Concern = "several-hits"
	unanswered         Concern = "unanswered"
	unreadable         Concern = "unreadable"
	unclear            Concern = "unclear"
	foreign            Concern = "foreign"
	status             Concern = "status"
	statusUnknown      Concern = "status-unknown"
	inspection         Concern = "inspection"
	inspectionUnknown  Concern = "inspection-unknown"
	category           Concern = "category"
	categoryUnfit      Concern = "category-unfit"
	restriction        Concern = "restriction"
	payload            Concern = "payload"
	payloadNear        Concern = "payload-near"
	payloadUnknown     Concern = "payload-unknown"
	totalWeight        Concern = "total-weight"
	trainWeight        Concern = "train-weight"
	trainWeightNear    Concern = "train-weight-near"
	trainWeightUnknown Concern = "train-weight-unknown"
	trailerWeight      Concern = "trailer-weight"
	trailerWeightNear  Concern = "trailer-weight-near"
	adr                Concern = "adr"
	adrUnknown         Concern = "adr-unknown"
	adrNational        Concern = "adr-national"
	adrTank            Concern = "adr-tank"
	adrTankUnknown     Concern = "adr-tank-unknown"
)

// bounds are a concern's default level and the mildest that a tenant may give it. If the registry speaks against a
// vehicle, or it is not known which vehicle it is or whether it is registered, a tenant can lower the concern to a
// warning but cannot hide it. An answer that is not understood always stops. A concern about something that is near a limit or missing from the registry can be hidden.
type bounds struct{ own, mildest Level }

func concerns() map[Concern]bounds {
	return map[Concern]bounds{
		unknownVehicle:     {stop, warn},
		notAPlate:          {stop, warn},
		withheldData:       {warn, warn},
		otherVehicle:       {warn, warn},
		severalHits:        {warn, warn},
		unanswered:         {warn, warn},
		unreadable:         {warn, warn},
		unclear:            {stop, stop},
		foreign:            {ignore, ignore},
		status:             {stop, warn},
		statusUnknown:      {warn, warn},
		inspection:         {stop, warn},
		inspectionUnknown:  {warn, ignore},
		category:           {stop, warn},
		categoryUnfit:      {warn, ignore},
		restriction:        {warn, ignore},
		payload:            {stop, warn},
		payloadNear:        {warn, ignore},
		payloadUnknown:     {warn, ignore},
		totalWeight:        {stop, warn},
		trainWeight:        {stop, warn},
		trainWeightNear:    {warn, ignore},
		trainWeightUnknown: {ignore, ignore},
		trailerWeight:      {stop, warn},
		trailerWeightNear:  {warn, ignore},
		adr:                {stop, warn},
		adrUnknown:         {warn, ignore},
		adrNational:        {warn, ignore},
		adrTank:            {warn, ignore},
		adrTankUnknown:     {ignore, ignore},
	}
}

// Policy says for each concern what it does to the verdict, and who may override a refusal. Make it with DefaultPolicy
// or from the configuration.
type Policy struct {
	levels     map[Concern]Level
	overrideBy []sluss.Role
}

// DefaultPolicy is the policy of a tenant without configuration: an officer may override.
func DefaultPolicy() Policy {
	p := Policy{levels: map[Concern]Level{}, overrideBy: []sluss.Role{sluss.Officer}}
	for name, b := range concerns() {
		p.levels[name] = b.own
	}
	return p
}

// PolicyConfig is the part `policy` of the configuration. A tenant inherits from Default what its own entry does not
// name, and Default inherits from DefaultPolicy.
type PolicyConfig struct {
	Default PolicyEntry            `yaml:"default"`
	Tenants map[string]PolicyEntry `yaml:"tenants"`
}

// PolicyEntry is the policy of one tenant: concerns with their levels, and the roles that may override.
type PolicyEntry struct {
	// MayOverride are the roles that may override a refusal; an empty list means nobody, and nil is inherited.
	MayOverride []sluss.Role `yaml:"may_override"`
	// Levels are the levels of concerns, by their names.
	Levels map[string]Level `yaml:",inline"`
}

// For is a tenant's policy. Its error names every fault of the configuration, of other tenants too.
func (c PolicyConfig) For(tenant string) (Policy, error) {
	all, err := c.policies()
	return all.of(tenant), err
}

// policies are those of all tenants.
type policies struct {
	others Policy
	named  map[string]Policy
}

// of is the tenant's policy.
func (p policies) of(tenant string) Policy {
	if tenant == "" {
		tenant = sluss.DefaultTenant
	}
	if own, ok := p.named[tenant]; ok {
		return own
	}
	return p.others
}

// policies checks the configuration. Its error names every fault.
func (c PolicyConfig) policies() (policies, error) {
	others, err := c.Default.over(DefaultPolicy(), "policy.default")
	all, wrong := policies{others: others, named: map[string]Policy{}}, []error{err}
	for _, tenant := range slices.Sorted(maps.Keys(c.Tenants)) {
		path := "policy.tenants." + tenant
		if !sluss.ValidReference.MatchString(tenant) {
			wrong = append(wrong, fmt.Errorf("%s: a tenant cannot have that name", path))
		}
		own, err := c.Tenants[tenant].over(others, path)
		all.named[tenant], wrong = own, append(wrong, err)
	}
	return all, errors.Join(wrong...)
}

// over is the policy with the changes of the entry.
func (e PolicyEntry) over(p Policy, path string) (Policy, error) {
	p.levels = maps.Clone(p.levels)
	known, wrong := concerns(), []error(nil)
	for _, name := range slices.Sorted(maps.Keys(e.Levels)) {
		level := e.Levels[name]
		switch b, ok := known[Concern(name)]; {
		case !ok:
			wrong = append(wrong, fmt.Errorf("%s.%s: there is no such concern: use may_override or one of %v", path, name, slices.Sorted(maps.Keys(known))))
		case level != stop && level != warn && level != ignore:
			wrong = append(wrong, fmt.Errorf("%s.%s is %q: use stop, warn or ignore", path, name, level))
		case level == ignore && b.mildest == warn:
			wrong = append(wrong, fmt.Errorf("%s.%s: it cannot be ignored: use stop or warn", path, name))
		case level != stop && b.mildest == stop:
			wrong = append(wrong, fmt.Errorf("%s.%s: a person must decide: use stop", path, name))
		default:
			p.levels[Concern(name)] = level
		}
	}
	if e.MayOverride != nil {
		p.overrideBy = e.MayOverride
	}
	for _, role := range e.MayOverride {
		if !slices.Contains(sluss.Signers(), role) {
			wrong = append(wrong, fmt.Errorf("%s.may_override: there is no role %q that signs: use %s", path, role, sluss.OneOf(sluss.Signers())))
		}
	}
	return p, errors.Join(wrong...)
}
