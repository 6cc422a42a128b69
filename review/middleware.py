"""The outermost middleware: nothing that answers for the address of a link escapes the seal."""

from review import sealing


class SealingMiddleware:
    """Seals what leaves at the addresses of links, errors and redirects of others included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if sealing.is_of_link(request, response):
            sealing.seal(response)
        return response
