// Package provider is the Terraform side of the stand-in for hashicorp/archive.
package provider

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

const (
	// StandInVariable is the environment variable without which the stand-in refuses to work, so that it
	// can never serve an environment other than the local one by accident.
	StandInVariable = "METRONOME_ARCHIVE_STAND_IN"
	// StandInValue is what StandInVariable must hold.
	StandInValue = "local"
	// version is the release of hashicorp/archive whose place the stand-in takes.
	version = "2.7.1"
)

// New makes the provider.
func New() provider.Provider { return archiveProvider{} }

type archiveProvider struct{}

func (archiveProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "archive"
	response.Version = version
}

func (archiveProvider) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema = schema.Schema{Description: "A stand-in for hashicorp/archive: the archive_file data source, zip only."}
}

// Configure refuses to go on where StandInVariable is not set. Terraform calls it before every plan and
// every apply, so a diagnostic that it is a stand-in would be shown again and again; it goes to the log.
func (archiveProvider) Configure(ctx context.Context, _ provider.ConfigureRequest, response *provider.ConfigureResponse) {
	if value := os.Getenv(StandInVariable); value != StandInValue {
		response.Diagnostics.AddError(
			"The stand-in for hashicorp/archive serves the local environment only",
			fmt.Sprintf("%s is %q, and must be %q. Terraform was about to use lambda-metronome's stand-in for hashicorp/archive %s; "+
				"a real environment needs the real provider. Run terraform init with a CLI configuration that does not name "+
				"lambda-metronome's provider directory (see TF_CLI_CONFIG_FILE), on a machine where the Terraform registry answers.",
				StandInVariable, value, StandInValue, version),
		)
		return
	}
	tflog.Warn(ctx, "serving archive_file by the stand-in for hashicorp/archive "+version)
}

func (archiveProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newArchiveFile}
}

func (archiveProvider) Resources(context.Context) []func() resource.Resource { return nil }
