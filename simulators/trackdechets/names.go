package trackdechets

import (
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/limits"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/registry"
)

// What callers meet of the packages below.
type (
	// Company is an establishment registered with the service, with its profile.
	Company = companies.Company
	// Receipt is a receipt in a company's profile; the zero value means there is none.
	Receipt = companies.Receipt
	// User is an account; its token is what the caller sends as Bearer.
	User = companies.User
	// Role is what a user may do in a company.
	Role = companies.Role
	// Delegation lets one company declare to the waste registry for another.
	Delegation = registry.Delegation
	// Quota allows Calls requests per fixed window of length Per, which opens with the first request of an address. A
	// negative Calls means no limit.
	Quota = limits.Quota
	// Form is one BSDD in the records; quantities in tonnes.
	Form = records.Document
	// Record is anything in the records but a BSDD: a document of another kind, a revision, a webhook.
	Record = records.Document
	// Entry is one mutation that took effect.
	Entry = records.Entry
	// Status is a document's place in its life.
	Status = records.Status
)

// The roles, from least to most.
const (
	Reader = companies.Reader
	Driver = companies.Driver
	Member = companies.Member
	Admin  = companies.Admin
)

// The statuses of a BSDD, as FormStatus of the schema.
const (
	Draft              = kinds.Draft
	Sealed             = kinds.Sealed
	SignedByProducer   = kinds.SignedByProducer
	Sent               = kinds.Sent
	Received           = kinds.Received
	Accepted           = kinds.Accepted
	Refused            = kinds.Refused
	Processed          = kinds.Processed
	NoTraceability     = kinds.NoTraceability
	AwaitingGroup      = kinds.AwaitingGroup
	FollowedWithPNTTD  = kinds.FollowedWithPNTTD
	TempStored         = kinds.TempStored
	TempStorerAccepted = kinds.TempStorerAccepted
	Resealed           = kinds.Resealed
	SignedByTempStorer = kinds.SignedByTempStorer
	Resent             = kinds.Resent
	Grouped            = kinds.Grouped
	Canceled           = kinds.CanceledStatus
)
