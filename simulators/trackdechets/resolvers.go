package trackdechets

import "maps"

// resolvers are the root fields that the simulator answers.
var resolvers = allResolvers()

func allResolvers() map[string]resolver {
	all := documentResolvers()
	for name := range declarationTypes {
		all[name] = resolver{resolve: (*Backend).declare}
	}
	maps.Copy(all, otherResolvers)
	return all
}

// otherResolvers are those that do not follow from the kind of document.
var otherResolvers = map[string]resolver{
	"me":            {resolve: (*Backend).me},
	"myCompanies":   {resolve: (*Backend).myCompanies},
	"companyInfos":  {open: true, resolve: (*Backend).companyInfos},
	"ecoOrganismes": {resolve: (*Backend).ecoOrganismes},

	"searchCompanies": {resolve: (*Backend).searchCompanies},

	"createTransporterReceipt": {resolve: (*Backend).createReceipt},
	"updateTransporterReceipt": {resolve: (*Backend).updateReceipt},

	"createPdfAccessToken": {resolve: (*Backend).createPDFToken},

	"bsdaRevisionRequests":                 {resolve: (*Backend).revisionsOfDocuments},
	"createBsdaRevisionRequest":            {resolve: (*Backend).createDocumentRevision},
	"cancelBsdaRevisionRequest":            {resolve: (*Backend).cancelRevision},
	"submitBsdaRevisionRequestApproval":    {resolve: (*Backend).approveRevision},
	"bsdasriRevisionRequests":              {resolve: (*Backend).revisionsOfDocuments},
	"createBsdasriRevisionRequest":         {resolve: (*Backend).createDocumentRevision},
	"cancelBsdasriRevisionRequest":         {resolve: (*Backend).cancelRevision},
	"submitBsdasriRevisionRequestApproval": {resolve: (*Backend).approveRevision},

	"form":                 {resolve: (*Backend).form},
	"forms":                {resolve: (*Backend).forms},
	"appendixForms":        {resolve: (*Backend).appendixForms},
	"formPdf":              {resolve: (*Backend).formPdf},
	"formsLifeCycle":       {resolve: (*Backend).formsLifeCycle},
	"formRevisionRequests": {resolve: (*Backend).revisions},

	"createForm":              {resolve: (*Backend).createForm},
	"updateForm":              {resolve: (*Backend).updateForm},
	"saveForm":                {resolve: (*Backend).saveForm},
	"updateTransporterFields": {resolve: (*Backend).updateTransporterFields},
	"deleteForm":              {resolve: (*Backend).deleteForm},
	"duplicateForm":           {resolve: (*Backend).duplicateForm},
	"importPaperForm":         {resolve: (*Backend).importPaperForm},

	"markAsSealed":        {resolve: (*Backend).markAsSealed},
	"signEmissionForm":    {resolve: (*Backend).signEmission},
	"signTransportForm":   {resolve: (*Backend).signTransport},
	"signedByTransporter": {resolve: (*Backend).signedByTransporter},
	"markAsReceived":      {resolve: (*Backend).markAsReceived},
	"markAsAccepted":      {resolve: (*Backend).markAsAccepted},
	"markAsProcessed":     {resolve: (*Backend).markAsProcessed},

	"markAsTempStored":         {resolve: (*Backend).markAsTempStored},
	"markAsTempStorerAccepted": {resolve: (*Backend).markAsTempStorerAccepted},
	"markAsResealed":           {resolve: (*Backend).markAsResealed},
	"markAsResent":             {resolve: (*Backend).markAsResent},

	"createFormTransporter":        {resolve: (*Backend).createCarrier},
	"updateFormTransporter":        {resolve: (*Backend).updateCarrier},
	"deleteFormTransporter":        {resolve: (*Backend).deleteCarrier},
	"prepareSegment":               {resolve: (*Backend).prepareSegment},
	"markSegmentAsReadyToTakeOver": {resolve: (*Backend).readySegment},
	"takeOverSegment":              {resolve: (*Backend).takeOverSegment},
	"editSegment":                  {resolve: (*Backend).editSegment},

	"createFormRevisionRequest":         {resolve: (*Backend).createRevision},
	"cancelFormRevisionRequest":         {resolve: (*Backend).cancelRevision},
	"submitFormRevisionRequestApproval": {resolve: (*Backend).approveRevision},

	"webhooksetting":       {resolve: (*Backend).webhook},
	"webhooksettings":      {resolve: (*Backend).webhooks},
	"createWebhookSetting": {resolve: (*Backend).createWebhook},
	"updateWebhookSetting": {resolve: (*Backend).updateWebhook},
	"deleteWebhookSetting": {resolve: (*Backend).deleteWebhook},

	"generateRegistryV2Export":          {resolve: (*Backend).createExport},
	"cancelRegistryV2Export":            {resolve: (*Backend).cancelExport},
	"cancelRegistryV2Lines":             {resolve: (*Backend).cancelLines},
	"registryV2Export":                  {resolve: (*Backend).export},
	"registryV2Exports":                 {resolve: (*Backend).exports},
	"registryV2ExportDownloadSignedUrl": {resolve: (*Backend).exportLink},

	"registryLookup":            {resolve: (*Backend).lookup},
	"registryLookups":           {resolve: (*Backend).lookups},
	"registryDelegation":        {resolve: (*Backend).delegation},
	"registryDelegations":       {resolve: (*Backend).delegations},
	"registryUploadSignedUrl":   {resolve: (*Backend).uploadLink},
	"importFile":                {resolve: (*Backend).importFile},
	"registryImport":            {resolve: (*Backend).imported},
	"registryImports":           {resolve: (*Backend).imports},
	"registryDownloadSignedUrl": {resolve: (*Backend).importLink},

	"createAccessToken": {open: true, resolve: (*Backend).sessionOnly},

	"signBsdasriEmissionWithSecretCode": {resolve: (*Backend).signWithCode},
	"bsffPackaging":                     {resolve: (*Backend).bsffPackaging},
	"bsffPackagings":                    {resolve: (*Backend).bsffPackagings},
	"updateBsffPackaging":               {resolve: (*Backend).updatePackaging},
	"createFicheInterventionBsff":       {resolve: (*Backend).createSheet},
	"updateFicheInterventionBsff":       {resolve: (*Backend).updateSheet},
}
