package companies

import "slices"

// Role is what a user may do in a company.
type Role string

// The roles, from least to most.
const (
	Reader Role = "READER" // reads and lists
	Driver Role = "DRIVER" // also updates, and signs transport
	Member Role = "MEMBER" // everything on documents
	Admin  Role = "ADMIN"  // also the company itself
)

// Roles are all roles.
var Roles = []Role{Reader, Driver, Member, Admin}

// Right is what a mutation or query asks of a user in a company.
type Right int

// The rights.
const (
	MayRead Right = iota
	MayUpdate
	MaySignTransport
	MayManage // create, seal, delete, sign emission, reception and processing
)

// Grants says whether a role includes a right.
func (r Role) Grants(asked Right) bool {
	switch r {
	case Reader:
		return asked == MayRead
	case Driver:
		return asked != MayManage
	case Member, Admin:
		return true
	default:
		return false
	}
}

// User is an account; its token is what the caller sends as Bearer.
type User struct {
	Token string          `json:"token"`
	Name  string          `json:"name"`
	Email string          `json:"email"`
	Roles map[string]Role `json:"roles"` // by SIRET (or VAT number) of the company
}

// ActsFor returns the first of the companies in which the user has the right; empty means none.
func (u *User) ActsFor(ids []string, asked Right) string {
	for _, id := range ids {
		if u.Roles[id].Grants(asked) {
			return id
		}
	}
	return ""
}

// Mine returns those of the companies in which the user has the right.
func (u *User) Mine(ids []string, asked Right) []string {
	var mine []string
	for _, id := range ids {
		if u.Roles[id].Grants(asked) && !slices.Contains(mine, id) {
			mine = append(mine, id)
		}
	}
	return mine
}

// Wire is the user as User of the schema, without the companies.
func (u *User) Wire() map[string]any {
	return map[string]any{
		"id": u.Email, "email": u.Email, "name": u.Name, "isAdmin": false, "featureFlags": []any{}, "trackingConsent": false, "totpEnabled": false,
		"companies": []any{},
	}
}
