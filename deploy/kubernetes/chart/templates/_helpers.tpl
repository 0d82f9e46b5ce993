{{- define "maildrift.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "maildrift.selector" -}}
app.kubernetes.io/name: maildrift
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "maildrift.labels" -}}
{{ include "maildrift.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* maildrift.yml: the operator's, with what the chart decides. */}}
{{- define "maildrift.config" -}}
{{- $tokens := list (dict "name" "cluster" "token_file" "/run/secrets/maildrift/token" "role" "operator") -}}
{{- if .Values.serviceMonitor.enabled -}}
{{- $tokens = append $tokens (dict "name" "prometheus" "token_file" "/run/secrets/maildrift/metrics-token" "role" "viewer") -}}
{{- end -}}
{{- $http := merge (dict "listen" (printf "0.0.0.0:%d" (int .Values.service.port)) "tokens" $tokens) (.Values.config.http | default dict) -}}
{{- merge (dict "http" $http "store" (dict "url" .Values.store.url)) .Values.config | toYaml -}}
{{- end -}}

{{/* What the kubelet's probes speak; it verifies no certificate. */}}
{{- define "maildrift.scheme" -}}
{{- ternary "HTTPS" "HTTP" .Values.tls -}}
{{- end -}}
