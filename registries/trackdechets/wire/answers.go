package wire

// What we read of the registry's answers. Free text of a BSDD is not read: the registry
// changes it on the way out.

// Form is a BSDD.
type Form struct {
	ID                     string   `json:"id"`
	ReadableID             string   `json:"readableId"`
	CustomID               string   `json:"customId"`
	Status                 string   `json:"status"`
	CreatedAt              DateTime `json:"createdAt"`
	UpdatedAt              DateTime `json:"updatedAt"`
	WasteAcceptationStatus string   `json:"wasteAcceptationStatus"`
	Recipient              struct {
		IsTempStorage bool `json:"isTempStorage"`
	} `json:"recipient"`
	Transporters []struct {
		TakenOverAt DateTime `json:"takenOverAt"`
	} `json:"transporters"`
	TemporaryStorageDetail struct {
		TemporaryStorer struct {
			WasteAcceptationStatus string `json:"wasteAcceptationStatus"`
		} `json:"temporaryStorer"`
	} `json:"temporaryStorageDetail"`
}

// File is where a file is.
type File struct {
	DownloadLink string `json:"downloadLink"`
}

// Connection is a page of a list.
type Connection[T any] struct {
	PageInfo struct {
		HasNextPage bool   `json:"hasNextPage"`
		EndCursor   string `json:"endCursor"`
	} `json:"pageInfo"`
	Edges []struct {
		Node T `json:"node"`
	} `json:"edges"`
}

// Revision is what one party of a BSDD asks the others to approve.
type Revision struct {
	ID               string   `json:"id"`
	Status           string   `json:"status"`
	CreatedAt        DateTime `json:"createdAt"`
	Comment          string   `json:"comment"`
	AuthoringCompany struct {
		OrgID string `json:"orgId"`
		Name  string `json:"name"`
	} `json:"authoringCompany"`
	Approvals []struct {
		ApproverSiret string `json:"approverSiret"`
		Status        string `json:"status"`
		Comment       string `json:"comment"`
	} `json:"approvals"`
	Content RevisionContent `json:"content"`
	Form    Form            `json:"form"`
}

// Made is what was made or changed, and stands somewhere.
type Made struct {
	ID        string   `json:"id"`
	Status    string   `json:"status"`
	CreatedAt DateTime `json:"createdAt"`
}

// SignedURL is where an export is.
type SignedURL struct {
	SignedURL string `json:"signedUrl"`
}

// CompanyInfo is a company's entry in the directory.
type CompanyInfo struct {
	OrgID               string   `json:"orgId"`
	EtatAdministratif   string   `json:"etatAdministratif"`
	IsRegistered        bool     `json:"isRegistered"`
	IsDormant           bool     `json:"isDormant"`
	CompanyTypes        []string `json:"companyTypes"`
	CollectorTypes      []string `json:"collectorTypes"`
	WasteProcessorTypes []string `json:"wasteProcessorTypes"`
	TransporterReceipt  *Receipt `json:"transporterReceipt"`
	TraderReceipt       *Receipt `json:"traderReceipt"`
	BrokerReceipt       *Receipt `json:"brokerReceipt"`
}

// Receipt lets a company do what it does.
type Receipt struct {
	ReceiptNumber string   `json:"receiptNumber"`
	ValidityLimit DateTime `json:"validityLimit"`
}

// EcoOrganismeInfo is an éco-organisme in the directory.
type EcoOrganismeInfo struct {
	SIRET   string `json:"siret"`
	Name    string `json:"name"`
	Address string `json:"address"`
}

// OwnCompany is one of the companies of the token's user.
type OwnCompany struct {
	ID    string `json:"id"`
	OrgID string `json:"orgId"`
}

// Webhook is a company's.
type Webhook struct {
	ID          string   `json:"id"`
	OrgID       string   `json:"orgId"`
	EndpointURI string   `json:"endpointUri"`
	Activated   bool     `json:"activated"`
	CreatedAt   DateTime `json:"createdAt"`
}
