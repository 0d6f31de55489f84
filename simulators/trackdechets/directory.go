package trackdechets

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Company is an establishment registered with the service, with its profile.
type Company struct {
	Siret     string `json:"siret,omitempty"`     // 14 digits
	VATNumber string `json:"vatNumber,omitempty"` // instead of Siret, for a foreign transporter
	Name      string `json:"name"`
	Address   string `json:"address"`
	// Types is the profile, as CompanyType of the schema: PRODUCER, TRANSPORTER, WASTEPROCESSOR, COLLECTOR ...
	Types               []string `json:"types"`
	WasteProcessorTypes []string `json:"wasteProcessorTypes,omitempty"`
	CollectorTypes      []string `json:"collectorTypes,omitempty"`
	// SecurityCode is the four-digit code that lets others sign for the company.
	SecurityCode int     `json:"securityCode"`
	Receipt      Receipt `json:"receipt"`
	// SkipsItemSignature is allowAppendix1SignatureAutomation of the profile: an item of a collection round may leave
	// without the company's signature.
	SkipsItemSignature bool `json:"skipsItemSignature,omitempty"`
	// TakeOverWithoutSignature is allowBsdasriTakeOverWithoutSignature of the profile.
	TakeOverWithoutSignature bool `json:"takeOverWithoutSignature,omitempty"`
	// Dormant companies may not be named on a document.
	Dormant bool `json:"dormant,omitempty"`
}

// Receipt is the transporter's receipt in a company's profile; the zero value means there is none.
type Receipt struct {
	Number        string    `json:"number"`
	Department    string    `json:"department"`
	ValidityLimit time.Time `json:"validityLimit"`
}

// Role is what a user may do in a company.
type Role string

// The roles, from least to most.
const (
	Reader Role = "READER" // reads and lists
	Driver Role = "DRIVER" // also updates, and signs transport
	Member Role = "MEMBER" // everything on documents
	Admin  Role = "ADMIN"  // also the company itself
)

// User is an account; its token is what the caller sends as Bearer.
type User struct {
	Token string          `json:"token"`
	Name  string          `json:"name"`
	Email string          `json:"email"`
	Roles map[string]Role `json:"roles"` // by SIRET (or VAT number) of the company
}

func (c Company) id() string {
	if c.Siret != "" {
		return c.Siret
	}
	return c.VATNumber
}

// AddCompany registers a company or replaces its profile. It is durable with the books.
func (b *Backend) AddCompany(c Company) error {
	if c.id() == "" {
		return fmt.Errorf("company %q: siret or vatNumber is required", c.Name)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.companies[c.id()]; ok && reflect.DeepEqual(old, c) {
		return nil
	}
	if err := b.books.append(line{Company: &c}); err != nil {
		return err
	}
	b.companies[c.id()] = c
	return nil
}

// AddUser makes a user or replaces the one with the same token. It is durable with the books.
func (b *Backend) AddUser(u User) error {
	if u.Token == "" || u.Email == "" {
		return fmt.Errorf("user %q: token and email are required", u.Name)
	}
	for company, role := range u.Roles {
		if !slices.Contains([]Role{Reader, Driver, Member, Admin}, role) {
			return fmt.Errorf("user %q: role %q in %s is unknown: use READER, DRIVER, MEMBER or ADMIN", u.Name, role, company)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.users[u.Token]; ok && reflect.DeepEqual(old, u) {
		return nil
	}
	if err := b.books.append(line{User: &u}); err != nil {
		return err
	}
	b.users[u.Token] = u
	return nil
}

// right is what a mutation or query asks of a user in a company.
type right int

const (
	mayRead right = iota
	mayUpdate
	maySignTransport
	mayManage // create, seal, delete, sign emission, reception and processing
)

func (r Role) grants(asked right) bool {
	switch r {
	case Reader:
		return asked == mayRead
	case Driver:
		return asked != mayManage
	case Member, Admin:
		return true
	default:
		return false
	}
}

// actsFor returns the first of the companies in which the user has the right; empty means none.
func (u *User) actsFor(companies []string, asked right) string {
	for _, id := range companies {
		if u.Roles[id].grants(asked) {
			return id
		}
	}
	return ""
}
