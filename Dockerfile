# syntax=docker/dockerfile:1
FROM ubuntu:26.04 AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends dotnet-sdk-10.0 nodejs npm ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/ChildrensInfo.Web -c Release -o /app/web \
 && dotnet publish src/ChildrensInfo.Cli -c Release -o /app/cli

FROM ubuntu:26.04
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 curl tzdata && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home portal \
 && install -d -o portal /var/lib/portal
COPY --from=build /app /app
WORKDIR /app/web
USER portal
ENV ASPNETCORE_URLS=http://+:8080 DOTNET_EnableDiagnostics=0
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD curl --fail --silent --output /dev/null http://localhost:8080/health/ready
ENTRYPOINT ["dotnet", "ChildrensInfo.Web.dll"]
